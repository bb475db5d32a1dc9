import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { RemoteNode } from "@forkyard/devnet/remote/remote-node";
import { tagOf } from "@forkyard/node/chain/miner-tag";
import type { NodeEvent } from "@forkyard/rpc/schema/events";
import type { MinedEvent, WorldEvent } from "../event.ts";
import type { NodeName } from "../world.ts";
import { MAX_KNOWN_BLOCKS } from "./limits.ts";

/** What `getblock` with verbosity 1 tells of a block, the part that is used here. */
interface BlockDetails {
  readonly parent: BlockHash;
  readonly bits: number;
  readonly timeSeconds: number;
  /** Without the coinbase. */
  readonly txids: readonly Txid[];
}

export interface FeedParts {
  readonly nowMs: () => number;
  readonly emit: (event: WorldEvent) => void;
  readonly names: readonly NodeName[];
  readonly nameOfPeer: (peerId: string) => NodeName | undefined;
}

/** Turns the event streams of live nodes into the events of a world: asks for what the streams leave out. */
export class LiveFeed {
  readonly #parts: FeedParts;
  /** By what they write into the coinbase of a block, without the slashes. */
  readonly #nodes: ReadonlyMap<string, NodeName>;
  readonly #details = new Map<BlockHash, Promise<BlockDetails>>();
  /** Blocks that somebody is known to have mined. */
  readonly #mined = new Set<BlockHash>();
  /** For each node the end of what is being looked up: its events keep their order. */
  readonly #turns = new Map<NodeName, Promise<void>>();

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#nodes = new Map(parts.names.map((name) => [tagOf(name).slice(1, -1), name]));
  }

  /** An event that comes in now. `failed` is told when the node did not answer. */
  take(node: RemoteNode, event: NodeEvent, failed: (error: unknown) => void): void {
    const atMs = this.#parts.nowMs();
    const before = this.#turns.get(node.name) ?? Promise.resolve();
    this.#turns.set(node.name, before.then(() => this.#tell(node, event, atMs)).catch(failed));
  }

  /** Resolves when everything that has come in is told. */
  async told(): Promise<void> {
    await Promise.all(this.#turns.values());
  }

  /** A block on a branch that its miner keeps secret. */
  withheld(event: MinedEvent): void {
    this.#mined.add(event.hash);
    this.#parts.emit(event);
  }

  async #tell(node: RemoteNode, event: NodeEvent, atMs: number): Promise<void> {
    const { emit } = this.#parts;
    const at = { atMs, node: node.name };
    switch (event.type) {
      case "block":
        return this.#tellBlock(node, event, atMs);
      case "reorg":
        return emit({
          ...at,
          type: "reorg",
          depth: event.depth,
          fork: event.forkPoint,
          removed: event.removed,
          added: event.added,
        });
      case "fork": {
        const { parent } = await this.#detailsOf(node, event.hash);
        return emit({ ...at, type: "side", hash: event.hash, height: event.height, parent });
      }
      case "transaction": {
        const status = event.status === "accepted" || event.status === "resurrected" ? "mempool" : event.status;
        return emit({ ...at, type: "transaction", txid: event.txid, status });
      }
      case "peer": {
        const peer = this.#parts.nameOfPeer(event.peer);
        if (peer !== undefined)
          emit({ ...at, type: "link", peer, status: event.status === "connected" ? "up" : "down" });
        return;
      }
      case "refused":
        return emit({ ...at, type: "refused", hash: event.hash, code: event.code });
      case "payment":
      case "branch":
        return;
    }
  }

  async #tellBlock(node: RemoteNode, event: NodeEvent & { readonly type: "block" }, atMs: number): Promise<void> {
    const { hash, height } = event;
    const { parent, txids, bits, timeSeconds } = await this.#detailsOf(node, hash);
    const miner = this.#nodes.get(event.miner ?? "");
    if (miner !== undefined && !this.#mined.has(hash)) {
      this.#mined.add(hash);
      this.#parts.emit({ type: "mined", node: miner, atMs, hash, height, parent, txids, bits, timeSeconds });
    }
    const named = miner === undefined ? {} : { miner };
    this.#parts.emit({ type: "block", node: node.name, atMs, hash, height, parent, txids, ...named });
  }

  #detailsOf(node: RemoteNode, hash: BlockHash): Promise<BlockDetails> {
    const known = this.#details.get(hash);
    if (known !== undefined) return known;
    const asked = node.call("getblock", [hash, 1]).then((block) => detailsOf(block as BlockJson));
    this.#details.set(hash, asked);
    const [oldest] = this.#details.keys();
    if (this.#details.size > MAX_KNOWN_BLOCKS && oldest !== undefined) this.#details.delete(oldest);
    return asked;
  }
}

interface BlockJson {
  readonly previousblockhash: BlockHash;
  readonly bits: string;
  readonly time: number;
  readonly tx: readonly Txid[];
}

function detailsOf({ previousblockhash, bits, time, tx }: BlockJson): BlockDetails {
  return { parent: previousblockhash, bits: Number.parseInt(bits, 16), timeSeconds: time, txids: tx.slice(1) };
}
