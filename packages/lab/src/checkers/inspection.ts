import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import type { Transaction } from "@forkyard/core/tx";
import type { Mempool } from "@forkyard/mempool/mempool";
import type { PeerId, PeerSummary } from "@forkyard/network/transport/transport";
import type { Chain } from "@forkyard/node/chain/chain";
import type { Wallet } from "@forkyard/wallet/wallet";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName, WalletName } from "../world/world.ts";
import type { ReferenceChain } from "./reference/reference-chain.ts";
import type { Violation } from "./violation.ts";

type ChainInside = Pick<
  Chain,
  "tip" | "tree" | "tipRecord" | "block" | "activeAt" | "isActive" | "undecidedBlocks" | "durable"
>;
type MempoolInside = Pick<
  Mempool,
  "size" | "bytes" | "usageBytes" | "limits" | "orphanCount" | "hasOrphan" | "entries" | "has" | "spender" | "select"
>;
type StoreInside = Pick<ChainStore, "coin" | "coins" | "undo" | "tip" | "blockBytes">;
type WalletInside = Pick<Wallet, "scripts" | "coins" | "height" | "balance">;

/** A running node as checkers see it: everything may be read, nothing changed. */
export interface NodeInside {
  readonly name: NodeName;
  readonly chain: ChainInside;
  readonly mempool: MempoolInside;
  readonly store: StoreInside;
  readonly wallets: ReadonlyMap<WalletName, WalletInside>;
  readonly peers: () => readonly PeerSummary[];
  /** True while the node keeps that peer out. */
  readonly refuses: (peer: PeerId) => boolean;
}

/** A world as checkers see it, at a moment when all nodes are at rest. */
export interface Inspection {
  readonly params: NetworkParams;
  readonly reference: ReferenceChain;
  /** The node while it runs. */
  node(name: NodeName): NodeInside | undefined;
  readonly honest: readonly NodeName[];
  /** Every payment that a wallet has signed, and whose it is. */
  payments(): Iterable<{ readonly tx: Transaction; readonly payer: WalletName }>;
  /** Blocks that the node's operator has declared invalid and not reconsidered. */
  declaredInvalid(node: NodeName): ReadonlySet<string>;
}

/** One invariant. What it remembers it has from the events of one world. */
export interface Checker {
  /** Told every event in order; nodes may already be further than the event. */
  observe?(event: WorldEvent): void;
  /** Looks at a node to which something has happened. Cheap: it is done after every event. */
  check?(node: NodeInside): Violation | undefined;
  /** Looks at a node when all is over, however long it takes. */
  checkAtEnd?(node: NodeInside): Promise<Violation | undefined> | Violation | undefined;
}
