import { randomBytes } from "node:crypto";
import { type LoopbackNode, startLine, stopAll } from "@forkyard/network/testing/loopback-node";
import type { Topic } from "@forkyard/network/transport/transport";
import { type BenchResult, type Suite, summary } from "./measure.ts";

const HOPS = 3;
const MESSAGES = 100;
const BLOCKS = 10;
const TRANSACTION_BYTES = 1_000;
const BLOCK_BYTES = 1_000_000;

/** From publishing to arrival at the end of a line of nodes in one process, over loopback TCP with encryption. */
export const gossipLatencySuite: Suite = {
  name: "gossip-latency",
  about: "gossip of 1 KB and 1 MB over three hops of TCP with encryption, nodes in one process",
  async run(progress) {
    const nodes = await startLine(HOPS + 1);
    try {
      progress(`${nodes.length} nodes in a line`);
      await latencies(nodes, "txs", TRANSACTION_BYTES, MESSAGES / 10);
      return [
        await latencyResult(nodes, "txs", TRANSACTION_BYTES, MESSAGES, "1 KB"),
        await latencyResult(nodes, "blocks", BLOCK_BYTES, BLOCKS, "1 MB"),
      ];
    } finally {
      await stopAll(nodes);
    }
  },
};

async function latencyResult(
  nodes: readonly LoopbackNode[],
  topic: Topic,
  bytes: number,
  messages: number,
  size: string,
): Promise<BenchResult> {
  const samples = await latencies(nodes, topic, bytes, messages);
  return summary(`gossip ${size} over ${HOPS} hops`, "ms", "wall", samples);
}

async function latencies(
  nodes: readonly LoopbackNode[],
  topic: Topic,
  bytes: number,
  messages: number,
): Promise<number[]> {
  const first = nodes[0] as LoopbackNode;
  const last = nodes.at(-1) as LoopbackNode;
  const samples: number[] = [];
  for (let i = 0; i < messages; i++) {
    const payload = randomBytes(bytes);
    const expected = last.seen.length + 1;
    const startedMs = performance.now();
    first.transport.publish(topic, payload);
    await last.until(() => last.seen.length >= expected);
    samples.push(performance.now() - startedMs);
  }
  return samples;
}
