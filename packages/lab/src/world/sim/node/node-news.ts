import type { ChainEntry } from "@forkyard/core/chain";
import type { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { ChainChange, ChainListener } from "@forkyard/node/chain/chain-events";
import { minerTag } from "@forkyard/node/chain/miner-tag";
import { STRICTER_RULE } from "@forkyard/node/pipeline/blame";
import type { NodeEvent } from "@forkyard/rpc/schema/events";
import type { WorldEvent } from "../../event.ts";
import type { NodeName } from "../../world.ts";

/** An event of one node, without the time and the node, which whoever passes it on adds. */
export type NodeNews = WorldEvent extends infer Event
  ? Event extends WorldEvent
    ? Omit<Event, "atMs" | "node">
    : never
  : never;

/** What nodes call their tag begins with the program's name. */
const TAG_PREFIX = /^Forkyard:/;
/** Codes that only repeat that a block was refused before. */
const REPEATED_REFUSALS: ReadonlySet<string> = new Set(["duplicate-invalid"]);

/** Tells what happens on a node in the words of a world. */
export class NodeTeller implements ChainListener {
  readonly #inner: ChainListener;
  readonly #tell: (news: NodeNews) => void;
  readonly #refused = new Set<string>();

  /** @param inner the node's own listener, told first */
  constructor(inner: ChainListener, tell: (news: NodeNews) => void) {
    this.#inner = inner;
    this.#tell = tell;
  }

  chainChanged(change: ChainChange): void {
    const { fork, disconnected, connected } = change;
    if (disconnected.length > 0) {
      this.#tell({
        type: "reorg",
        depth: disconnected.length,
        fork: { hash: fork.hash, height: fork.height },
        removed: disconnected.map(({ entry }) => entry.hash),
        added: connected.map(({ entry }) => entry.hash),
      });
    }
    for (const { entry, block } of connected) {
      const miner = minerTag(block)?.replace(TAG_PREFIX, "");
      this.#tell({
        type: "block",
        hash: entry.hash,
        height: entry.height,
        parent: entry.header.prevHash,
        ...(miner !== undefined && { miner: miner satisfies NodeName }),
        txids: block.txs.slice(1).map(({ txid }) => txid),
      });
    }
    this.#inner.chainChanged(change);
  }

  sideBlock(entry: ChainEntry): void {
    this.#tell({ type: "side", hash: entry.hash, height: entry.height, parent: entry.header.prevHash });
    this.#inner.sideBlock(entry);
  }

  blockInvalid(entry: ChainEntry, error: RuleError): void {
    this.refused(entry.hash, error);
    this.#inner.blockInvalid(entry, error);
  }

  /** A rule was broken: one of the network's, or of the variant that this node has. */
  refused(hash: BlockHash, error: RuleError): void {
    this.refusedFor(hash, error.code === STRICTER_RULE ? String(error.data["rule"]) : error.code);
  }

  /** A refusal is told once, however many peers send the block. */
  refusedFor(hash: BlockHash, code: string): void {
    const refusal = `${hash} ${code}`;
    if (REPEATED_REFUSALS.has(code) || this.#refused.has(refusal)) return;
    this.#refused.add(refusal);
    this.#tell({ type: "refused", hash, code });
  }

  /** An event of the node's own log, of which transactions are told. */
  nodeEvent(event: NodeEvent): void {
    if (event.type !== "transaction") return;
    const { txid, status } = event;
    const inMempool = status === "accepted" || status === "resurrected";
    this.#tell({ type: "transaction", txid, status: inMempool ? "mempool" : status });
  }
}
