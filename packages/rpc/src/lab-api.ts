/** What only Forkyard's nodes can do; part of the NodeApi port, behind the methods whose names begin with `forkyard_`. */
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";
import type { BlockWishes, ExperimentApi } from "./experiment-api.ts";

export interface LabApi extends ExperimentApi {
  status(): LabStatus;
  /** Hashes a second from now on: 0 pauses mining, undefined goes back to the configured rate. */
  setMining(hashRate: number | undefined): void;
  /** The peers this node is cut off from, instead of the ones before; an empty list heals. */
  setBlockedPeers(peers: readonly string[]): void;
  /** How the links to these peers behave from now on, away from this node; peers that are not named have ordinary links. */
  setLinks(links: readonly LinkSetting[]): void;
  /** Mines a branch that is kept from everybody until it is published. @throws InputError RuleError */
  mineBranch(request: MineBranchRequest): Promise<MinedBranch>;
  /** Puts more blocks on a withheld branch; tells of these only. @throws InputError RuleError */
  extendBranch(request: ExtendBranchRequest): Promise<MinedBranch>;
  /**
   * Connects and announces a withheld branch.
   * @param blocks how many of those still withheld, oldest first; undefined: all
   * @throws InputError for an unknown branch
   */
  publishBranch(branch: string, blocks: number | undefined): Promise<{ readonly published: number }>;
}

export interface LinkSetting {
  /** libp2p peer id. */
  readonly peer: string;
  readonly latencyMs: number;
  readonly jitterMs: number;
  /** Undefined: no limit. */
  readonly bytesPerSecond: number | undefined;
  /** Fraction of messages that are lost and sent again. */
  readonly loss: number;
}

/** Amounts are satoshis. What the chain view, peers and mempool already tell is not repeated here. */
export interface LabStatus {
  /** The node's name in its devnet. */
  readonly name: string;
  readonly chainId: string;
  readonly peerId: string;
  readonly mining: MiningStatus;
  /** Names of the signature engine and of the proof-of-work grinder in use. */
  readonly curve: string;
  readonly grinder: string;
}

export interface MiningStatus {
  /** Measured hashes a second. */
  readonly hashRate: number;
  /** Hashes since the node started. */
  readonly hashes: number;
  /** Wanted hashes a second; null at full power. */
  readonly targetHashRate: number | null;
}

export interface MineBranchRequest {
  /** The last block that the branch shares with the active chain. */
  readonly forkPoint: BlockHash;
  readonly blocks: number;
  /** After the coinbase: none, or these in the first block of the branch that can hold them. */
  readonly transactions: "none" | readonly Transaction[];
  readonly scriptPubKey: Uint8Array;
  /** Ignore the configured hash rate. */
  readonly atFullPower: boolean;
  /** Go on past `blocks` until the branch has more work than the node's public tip. */
  readonly overtake: boolean;
  readonly signal: AbortSignal;
  readonly wishes?: BlockWishes | undefined;
}

export interface ExtendBranchRequest
  extends Pick<MineBranchRequest, "blocks" | "transactions" | "atFullPower" | "signal" | "wishes"> {
  readonly branch: string;
}

export interface MinedBranch {
  readonly branch: string;
  /** Oldest first; txids without the coinbase's. */
  readonly blocks: readonly { readonly hash: BlockHash; readonly height: number; readonly txids: readonly Txid[] }[];
  readonly chainWork: bigint;
}
