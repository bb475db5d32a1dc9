#!/usr/bin/env bash
# Builds the image and runs a node out of it on a Debian machine without Docker engine and without an image registry.
# Needs root, and Debian's packages: apt-get install buildah debootstrap iproute2
#
#   docker/build-without-engine.sh base     a base image from Debian's packages and Node, tagged as the official one
#   docker/build-without-engine.sh image    the image, from docker/Dockerfile
#   docker/build-without-engine.sh try      a node out of it: mine, look, stop, start again
#   docker/build-without-engine.sh five     the five nodes of docker/compose.yaml, each in a network namespace of its own
#   docker/build-without-engine.sh all      the four in this order
#   docker/build-without-engine.sh clean    removes everything that they made
#
# What may be set in the environment:
#   FORKYARD_BUILD   folder for images and containers                  (default: /var/tmp/forkyard-build)
#   DEBIAN_MIRROR    where debootstrap takes Debian from                (default: debootstrap's own)
#   NODE_BINARY      the Node 24 for the base image                     (default: the workspace's, after "npm start")
#   NPM_FOLDER       the npm for the base image                         (default: the one on this machine)
#   NPMRC            settings for the npm registry, used but not kept   (default: ~/.npmrc when it is there)
#   CA_FILE          certificate authorities, used but not kept         (default: none)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
work=${FORKYARD_BUILD:-/var/tmp/forkyard-build}
base=$(sed -n 's/^ARG NODE_IMAGE=//p' "$here/Dockerfile")
image=localhost/forkyard
isolation=(--isolation chroot)

# A storage of its own, so that "clean" touches nothing else.
b() { buildah --root "$work/storage" --runroot "$work/run" "$@"; }
say() { printf '== %s\n' "$*" >&2; }
fail() { printf 'build-without-engine: %s\n' "$*" >&2; exit 1; }

require() {
  [ "$(id -u)" = 0 ] || fail "needs root"
  for program in buildah debootstrap ip; do
    command -v "$program" >/dev/null || fail "$program is missing: apt-get install buildah debootstrap iproute2"
  done
}

make_base() {
  local node npm root=$work/root container
  node=${NODE_BINARY:-$top/node_modules/node/bin/node}
  npm=${NPM_FOLDER:-$(npm root --global 2>/dev/null)/npm}
  [ -x "$node" ] || fail "there is no Node at $node: run \"npm start\" once, or set NODE_BINARY"
  [ -f "$npm/bin/npm-cli.js" ] || fail "there is no npm at $npm: set NPM_FOLDER"
  say "Debian bookworm into $root"
  rm -rf "$root" && mkdir -p "$work"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$work/debootstrap.log" \
    || fail "debootstrap failed: see $work/debootstrap.log"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale,info}
  say "Node $("$node" --version) and npm beside it, as in the official image"
  install -m 755 "$node" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules" && cp -RL "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
  chroot "$root" useradd --uid 1000 --create-home --shell /bin/bash node
  container=$(b from scratch)
  b add --quiet "$container" "$root" / >/dev/null
  b config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --cmd node "$container"
  b commit --quiet --rm "$container" "$base" >/dev/null
  rm -rf "$root"
  say "$base is there"
}

make_image() {
  local secrets=() npmrc=${NPMRC:-$HOME/.npmrc}
  [ -f "$npmrc" ] && secrets+=(--secret "id=npmrc,src=$npmrc")
  [ -n "${CA_FILE:-}" ] && secrets+=(--secret "id=ca,src=$CA_FILE")
  # Docker's own format: OCI images know no health check.
  b build "${isolation[@]}" --network host --pull-never --format docker "${secrets[@]}" \
    --tag "$image" --file "$here/Dockerfile" "$top"
  b images --format '{{.Name}}:{{.Tag}} {{.Size}}'
}

# Runs a program in the container as the image's own user.
in_node() { b run "${isolation[@]}" --network host "$container" -- "$@"; }

try_image() {
  container=$(b from --pull-never "$image")
  trap 'end_try' EXIT
  printf '{"network":"regtest","nodes":1,"hashRate":0}' >"$work/one.json"
  b copy --quiet "$container" "$work/one.json" /etc/forkyard.json >/dev/null
  b config --env FORKYARD_CONFIG=/etc/forkyard.json "$container"
  # The first run of a container prepares it; two at once would disturb each other.
  say "user: $(in_node id -un)"
  start_member
  in_node forkyard status
  say "five more blocks by RPC"
  address=$(in_node forkyard wallet new-address alice)
  in_node forkyard rpc generatetoaddress 5 "$address" >/dev/null
  height=$(in_node forkyard rpc getblockcount)
  in_node node /app/dist/health.js
  stop_member
  say "started again, the chain is as high as before: $height"
  start_member
  [ "$(in_node forkyard rpc getblockcount)" = "$height" ] || fail "the chain was not kept"
  stop_member
  say "the image works"
}

start_member() {
  in_node node /app/dist/member.js node1 &
  member=$!
  for _ in $(seq 60); do
    in_node node /app/dist/health.js >/dev/null 2>&1 && return
    kill -0 "$member" 2>/dev/null || fail "the node ended"
    sleep 0.5
  done
  fail "the node is not healthy after a minute"
}

# buildah passes no signals on; "down" sends SIGTERM, as a container engine does, from inside.
stop_member() {
  in_node forkyard down
  wait "$member" || fail "the node ended with code $?"
  member=
}

end_try() {
  [ -z "${member:-}" ] || in_node forkyard down || true
  b rm "$container" >/dev/null
}

# A switch in a namespace of its own, and on it a namespace for each node: nothing of it touches the machine's network.
make_network() {
  ip netns add forkyard-switch
  ip -n forkyard-switch link add switch type bridge
  ip -n forkyard-switch link set switch up
  printf '127.0.0.1 localhost\n' >"$work/hosts"
  local node number=0
  for node in "${nodes[@]}"; do
    number=$((number + 1))
    ip netns add "forkyard-$node"
    ip -n forkyard-switch link add "port$number" type veth peer name eth0 netns "forkyard-$node"
    ip -n forkyard-switch link set "port$number" master switch up
    ip -n "forkyard-$node" address add "192.0.2.$number/24" dev eth0
    ip -n "forkyard-$node" link set eth0 up
    ip -n "forkyard-$node" link set lo up
    printf '192.0.2.%s %s\n' "$number" "$node" >>"$work/hosts"
  done
}

# Runs a program in the container and namespace of one node.
in_member() {
  local node=$1
  shift
  # Not "ip netns exec", whose private mounts buildah cannot take away again.
  nsenter --net="/run/netns/forkyard-$node" buildah --root "$work/storage" --runroot "$work/run" run "${isolation[@]}" --network host \
    --no-hosts "forkyard-$node" -- "$@"
}

try_five() {
  mapfile -t nodes < <(sed -n 's/^    command: \["\(.*\)"\]$/\1/p' "$here/compose.yaml")
  trap 'end_five' EXIT
  make_network
  local node
  for node in "${nodes[@]}"; do
    b from --pull-never --name "forkyard-$node" "$image" >/dev/null
    b copy --quiet "forkyard-$node" "$work/hosts" /etc/hosts >/dev/null
    # The first run of a container prepares it; two at once would disturb each other.
    in_member "$node" true
    launch_member "$node"
  done
  for node in "${nodes[@]}"; do await_member "$node"; done
  for node in "${nodes[@]}"; do in_member "$node" forkyard wallet list; done
  say "alice on node1 pays the merchant on node3"
  address=$(in_member node3 forkyard wallet new-address merchant)
  in_member node1 forkyard pay alice "$address" 1.5 --wait
  say "node2 takes back three blocks"
  in_member node2 forkyard reorg 3
  say "node5 misses some blocks and catches up"
  in_member node5 forkyard down
  in_member node1 forkyard pay alice "$address" 1 --wait
  launch_member node5
  await_member node5
  await_one_tip
  say "the five nodes work"
}

await_one_tip() {
  local node tips
  for _ in $(seq 30); do
    tips=$(for node in "${nodes[@]}"; do in_member "$node" forkyard rpc getbestblockhash; done)
    if [ "$(sort --unique <<<"$tips" | wc -l)" = 1 ]; then
      say "all ${#nodes[@]} nodes have the tip ${tips%%$'\n'*}"
      return
    fi
    sleep 1
  done
  fail "the nodes do not agree"
}

launch_member() { in_member "$1" node /app/dist/member.js "$1" | sed --unbuffered "s/^/$1 | /" & }

await_member() {
  for _ in $(seq 120); do
    in_member "$1" node /app/dist/health.js 2>/dev/null && return
    sleep 0.5
  done
  fail "$1 is not healthy after a minute"
}

end_five() {
  local node
  for node in "${nodes[@]}"; do in_member "$node" forkyard down || true; done
  wait
  for node in "${nodes[@]}"; do b rm "forkyard-$node" >/dev/null || true; done
  for node in "${nodes[@]}" switch; do ip netns delete "forkyard-$node" || true; done
}

clean() {
  [ -d "$work" ] || return 0
  b rm --all >/dev/null
  b rmi --all --force >/dev/null
  rm -rf "$work"
}

require
case "${1:-}" in
  base) make_base ;;
  image) make_image ;;
  try) try_image ;;
  all) make_base && make_image && try_image && try_five ;;
  clean) clean ;;
  five) try_five ;;
  *) sed -n '2,/^set /{s/^# \{0,1\}//;/^set /d;p}' "$0" && exit 2 ;;
esac
