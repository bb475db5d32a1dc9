#!/usr/bin/env bash
# Builds the image and runs a node out of it on a Debian machine without Docker engine and without an image registry.
# Needs root, and Debian's packages: apt-get install buildah debootstrap iproute2
#
#   docker/build-without-engine.sh base     a base image from Debian's packages and Node, tagged as the official one
#   docker/build-without-engine.sh image    the image, from docker/Dockerfile
#   docker/build-without-engine.sh try      a node out of it: mine, stop, start again; then a whole devnet in one container
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
# Names of the containers that are open, and the process of the program that runs in each.
containers=()
declare -A programs=()

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
  local node npm root=$work/debian-root container
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

# A container of the image for each name, each in a network namespace of its own, on a switch in yet another one: nothing of
# it touches the machine's network, and no port can be taken.
open_containers() {
  containers=("$@")
  trap close_containers EXIT
  ip netns add forkyard-switch
  ip -n forkyard-switch link add switch type bridge
  ip -n forkyard-switch link set switch up
  local name number=0
  printf '127.0.0.1 localhost\n' >"$work/hosts"
  for name in "$@"; do
    number=$((number + 1))
    ip netns add "forkyard-$name"
    ip -n forkyard-switch link add "port$number" type veth peer name eth0 netns "forkyard-$name"
    ip -n forkyard-switch link set "port$number" master switch up
    ip -n "forkyard-$name" address add "192.0.2.$number/24" dev eth0
    ip -n "forkyard-$name" link set eth0 up
    ip -n "forkyard-$name" link set lo up
    printf '192.0.2.%s %s\n' "$number" "$name" >>"$work/hosts"
  done
  for name in "$@"; do
    b from --pull-never --name "forkyard-$name" "$image" >/dev/null
    b copy --quiet "forkyard-$name" "$work/hosts" /etc/hosts >/dev/null
    # The first run of a container prepares it; two at once would disturb each other.
    in_container "$name" true
  done
}

close_containers() {
  local name
  for name in "${!programs[@]}"; do in_container "$name" forkyard down || true; done
  wait
  for name in "${containers[@]}"; do b rm "forkyard-$name" >/dev/null || true; done
  for name in "${containers[@]}" switch; do ip netns delete "forkyard-$name" || true; done
  containers=()
  programs=()
  trap - EXIT
}

# in_container NAME PROGRAM…: runs it as the image's own user.
in_container() {
  local name=$1
  shift
  # Not "ip netns exec", whose private mounts buildah cannot take away again.
  nsenter --net="/run/netns/forkyard-$name" buildah --root "$work/storage" --runroot "$work/run" run "${isolation[@]}" \
    --network host --no-hosts "forkyard-$name" -- "$@"
}

# start NAME PROGRAM…: runs it until `stop NAME`.
start() {
  in_container "$@" | sed --unbuffered "s/^/$1 | /" &
  programs[$1]=$!
}

# Returns once the image's health check passes.
await_health() {
  for _ in $(seq 120); do
    in_container "$1" node /app/dist/health.js 2>/dev/null && return
    kill -0 "${programs[$1]}" 2>/dev/null || fail "$1 ended"
    sleep 0.5
  done
  fail "$1 is not healthy after a minute"
}

# buildah passes no signals on; "down" sends SIGTERM, as a container engine does, from inside.
stop() {
  in_container "$1" forkyard down
  wait "${programs[$1]}" || fail "$1 ended with code $?"
  unset "programs[$1]"
}

try_image() {
  open_containers lone whole
  say "user: $(in_container lone id -un)"
  say "one node on regtest"
  printf '{"network":"regtest","nodes":1,"hashRate":0}' >"$work/one.json"
  b copy --quiet forkyard-lone "$work/one.json" /etc/forkyard.json >/dev/null
  b config --env FORKYARD_CONFIG=/etc/forkyard.json forkyard-lone
  start lone node /app/dist/member.js node1
  await_health lone
  in_container lone forkyard status
  say "five more blocks by RPC"
  local address height
  address=$(in_container lone forkyard wallet new-address alice)
  in_container lone forkyard rpc generatetoaddress 5 "$address" >/dev/null
  height=$(in_container lone forkyard rpc getblockcount)
  stop lone
  say "started again, the chain must be as high as before: $height"
  start lone node /app/dist/member.js node1
  await_health lone
  [ "$(in_container lone forkyard rpc getblockcount)" = "$height" ] || fail "the chain was not kept"
  stop lone
  say "the whole devnet in one container"
  start whole forkyard up
  await_health whole
  in_container whole forkyard status
  in_container whole forkyard reorg 3
  stop whole
  close_containers
  say "the image works"
}

try_five() {
  local nodes node address
  mapfile -t nodes < <(sed -n 's/^    command: \["\(.*\)"\]$/\1/p' "$here/compose.yaml")
  open_containers "${nodes[@]}"
  # All at once: none is healthy before all are there.
  for node in "${nodes[@]}"; do start "$node" node /app/dist/member.js "$node"; done
  for node in "${nodes[@]}"; do await_health "$node"; done
  for node in "${nodes[@]}"; do in_container "$node" forkyard wallet list; done
  say "alice on node1 pays the merchant on node3"
  address=$(in_container node3 forkyard wallet new-address merchant)
  in_container node1 forkyard pay alice "$address" 1.5 --wait
  say "node2 takes back three blocks"
  in_container node2 forkyard reorg 3
  say "node5 misses some blocks and catches up"
  stop node5
  in_container node1 forkyard pay alice "$address" 1 --wait
  start node5 node /app/dist/member.js node5
  await_health node5
  await_one_tip "${nodes[@]}"
  for node in "${nodes[@]}"; do stop "$node"; done
  close_containers
  say "the five nodes work"
}

await_one_tip() {
  local name tips
  for _ in $(seq 30); do
    tips=$(for name in "$@"; do in_container "$name" forkyard rpc getbestblockhash; done)
    if [ "$(sort --unique <<<"$tips" | wc -l)" = 1 ]; then
      say "all $# nodes have the tip ${tips%%$'\n'*}"
      return
    fi
    sleep 1
  done
  fail "the nodes do not agree"
}

clean() {
  [ -d "$work" ] || return 0
  b rm --all >/dev/null
  b rmi --all --force >/dev/null
  rm -rf "$work"/{storage,run,debian-root,debootstrap.log,hosts,one.json}
  rmdir "$work"
}

require
case "${1:-}" in
  base) make_base ;;
  image) make_image ;;
  try) try_image ;;
  # One after the other, not joined by "&&": there, a step that fails in the middle of a function would not end it.
  all)
    make_base
    make_image
    try_image
    try_five
    ;;
  clean) clean ;;
  five) try_five ;;
  *) sed -n '2,/^set /{s/^# \{0,1\}//;/^set /d;p}' "$0" && exit 2 ;;
esac
