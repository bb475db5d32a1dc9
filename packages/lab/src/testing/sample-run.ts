import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { RunRecord } from "../report/record.ts";
import type { WorldEvent } from "../world/event.ts";

const NODES = ["shop", "honest", "attacker"] as const;
const BLOCK_MS = 600_000;

export function sampleHash(branch: string, height: number): BlockHash {
  const name = Buffer.from(branch).toString("hex");
  return `${name}${height.toString(16).padStart(8, "0")}`.padStart(64, "0") as BlockHash;
}

const payment = "ab".repeat(32) as Txid;
const doubleSpend = "cd".repeat(32) as Txid;

/**
 * A double spend as a run of made-up events: `depth` blocks in the open, one more in secret, which then take them back.
 * @param depth at least 1
 */
export function sampleRun(depth: number): RunRecord {
  const fork = { hash: sampleHash("a", 110), height: 110 };
  const events: WorldEvent[] = [];
  const seenByAll = (
    hash: BlockHash,
    parent: BlockHash,
    height: number,
    atMs: number,
    txids: readonly Txid[],
  ): void => {
    for (const node of NODES) events.push({ type: "block", node, atMs, hash, parent, height, miner: "honest", txids });
  };
  const mined = { bits: 0x207fffff, timeSeconds: 1_700_000_000 };
  events.push({
    type: "payment",
    node: "attacker",
    atMs: 1000,
    payment: "deposit",
    txid: payment,
    from: "mallory",
    to: "shop",
    amount: 5_000_000_000n,
  });
  for (let i = 1; i <= depth; i++) {
    const height = fork.height + i;
    const [hash, parent] = [sampleHash("a", height), sampleHash("a", height - 1)];
    const txids = i === 1 ? [payment] : [];
    events.push({ type: "mined", node: "honest", atMs: i * BLOCK_MS, hash, parent, height, txids, ...mined });
    seenByAll(hash, parent, height, i * BLOCK_MS + 50, txids);
  }
  const secret = Array.from({ length: depth + 1 }, (_, i) => {
    const height = fork.height + 1 + i;
    const parent = i === 0 ? fork.hash : sampleHash("b", height - 1);
    return { hash: sampleHash("b", height), parent, height, txids: i === 0 ? [doubleSpend] : [] };
  });
  for (const [i, block] of secret.entries()) {
    events.push({ type: "mined", node: "attacker", atMs: (i + 0.5) * BLOCK_MS, branch: "secret", ...block, ...mined });
  }
  const releasedMs = (depth + 1) * BLOCK_MS;
  const removed = Array.from({ length: depth }, (_, i) => sampleHash("a", fork.height + depth - i));
  const added = secret.map(({ hash }) => hash);
  for (const node of NODES) {
    events.push({ type: "reorg", node, atMs: releasedMs, depth, fork, removed, added });
    for (const block of secret) events.push({ type: "block", node, atMs: releasedMs, miner: "attacker", ...block });
  }
  return {
    title: "Double spend <by> 51%",
    explanation: "The shop waits, and is robbed all the same.",
    nodes: [
      { name: "shop", hashShare: 0 },
      { name: "honest", hashShare: 0.4 },
      { name: "attacker", hashShare: 0.6 },
    ],
    events,
    command: "forkyard scenario run double-spend-51 --seed 1",
    result: {
      name: "double-spend-51",
      world: "sim",
      seed: 1,
      passed: true,
      traceHash: "00".repeat(32),
      expectations: [{ text: `reorg on shop of depth ${depth}`, passed: true, observed: `deepest: ${depth}` }],
      reorgs: NODES.map((node) => ({ node, depth, at: releasedMs })),
      payments: [{ payment: "deposit", txid: payment, fate: "reversed" }],
      balances: { mallory: { before: 10_000_000_000, after: 10_000_000_000 }, shop: { before: 0, after: 0 } },
      result: { mallory: { stole: true, rounds: 1 } },
      events: events.length,
      endedAtMs: releasedMs + BLOCK_MS,
      variants: [],
    },
  };
}
