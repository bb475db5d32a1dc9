/** What `forkyard scenario new` writes: a double spend that succeeds, with a word on everything one may want to change. */
export function scenarioTemplate(): string {
  return TEMPLATE;
}

const TEMPLATE = `# What happens here, why it is worth looking at, and what must come out: this comment is shown with the result.
# The language: docs/scenarios.md. Check: forkyard scenario check FILE. Run: forkyard scenario run FILE --seed 7
title: A double spend with 60% of the hash power
# [sim] when it is not meant for the processes of a live devnet (--live).
worlds: [sim, live]
network: { rules: devnet, blockInterval: 10m, retarget: none }
# What chance begins with: the same seed, the same run.
seed: 1

nodes:
  # A share of the hash power; all shares add up to 100%.
  shop: 0%
  # honest1, honest2 and honest3 share 40%.
  honest: { hash: 40%, count: 3 }
  attacker: { hash: rest }

# mesh, ring, line, { star: NODE }, { random: DEGREE } or a list of links.
topology: mesh
link: { latency: 100ms, jitter: 20ms }

wallets:
  mallory: { node: attacker, coins: 100 btc }
  till: shop

# Somebody with a plan of his own. Take the timeline below away when an actor does it all.
actors:
  counter: { kind: merchant, wallet: till, confirmations: 3 }

timeline:
  - at: 1m
    do:
      - pay: { id: goods, from: mallory, to: till, amount: 10 btc }
      - withhold: { node: attacker, branch: secret }
      - doubleSpend: { id: refund, of: goods, into: { branch: secret } }
  # Steps are carried out in order, each when its moment has come.
  - when:
      all:
        - confirmations: { payment: goods, on: shop, atLeast: 3 }
        - ahead: { node: attacker, branch: secret, blocks: 1 }
    publish: { node: attacker, branch: secret }

timeLimit: 7d
# The run ends when the shop has taken the blocks back; without this, when every step and actor is done.
end: { reorg: { on: shop, depth: 3 } }

expect:
  - reorg: { on: shop, depth: { atLeast: 3 } }
  - payment: { id: goods, on: shop, fate: reversed }
  - payment: { id: refund, on: shop, fate: confirmed }
  - oneTip: all
  - supply: shop

# The same with something changed, to compare.
variants:
  finality:
    set: { nodes.shop.defences: [{ finality: 2 }], end: { at: 4h } }
    expect:
      - reorg: { on: shop, depth: 0 }
      - payment: { id: goods, on: shop, fate: confirmed }
`;
