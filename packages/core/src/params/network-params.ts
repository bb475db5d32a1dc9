import type { Block } from "../block.ts";

/** First bytes of addresses and keys on a network. */
export interface AddressPrefixes {
  /** Human-readable part of segwit addresses. */
  readonly bech32: string;
  readonly pubKeyHash: number;
  readonly scriptHash: number;
  /** First byte of a private key in WIF. */
  readonly privateKey: number;
}

/** How the target of the next block follows from the chain. */
export type RetargetRule =
  /** regtest: always the bits of the parent. */
  | { readonly kind: "none" }
  /** Bitcoin: every `intervalBlocks`, by the time the last ones took, clamped to a quarter and four times. */
  | {
      readonly kind: "bitcoin";
      readonly intervalBlocks: number;
      /** A block this many seconds after its parent may use the limit target (test networks); absent on mainnet. */
      readonly minDifficultyAfterSeconds?: number;
      /** BIP94 (testnet4): retarget from the first block of the period, and bound the time of a period's first block. */
      readonly bip94?: boolean;
    }
  /** aserti3-2d with pauses discounted (ADR 0003): every block, by how far the chain is ahead of its schedule. */
  | {
      readonly kind: "asert";
      readonly halfLifeSeconds: number;
      /** A gap between two blocks longer than this counts as this long: a devnet that was switched off goes on. */
      readonly maxGapSeconds: number;
    };

/** Height from which a buried rule holds. 0: always. */
export interface ActivationHeights {
  readonly bip34: number;
  readonly bip65: number;
  readonly bip66: number;
  readonly csv: number;
  readonly segwit: number;
  readonly taproot: number;
}

/** Everything that makes a network a network. Pure data, the same on every node of it. */
export interface NetworkParams {
  readonly name: string;
  /** The chain's name in bitcoind's RPC results: main, test, testnet4, signet, regtest; else the network's own. */
  readonly chain: string;
  /** Four bytes that frame blocks in files; lower-case hex in wire order. */
  readonly magic: string;
  readonly genesis: Block;
  /** The easiest target allowed. */
  readonly powLimit: bigint;
  /**
   * Only in a simulated world, which draws lots instead of hashing: whether the block of this hash was drawn. Takes the
   * place of the comparison of hash and target; what bits a header must have stays the chain's rule.
   */
  readonly drawnByLot?: (hash: string) => boolean;
  /** Seconds between blocks that the retarget rule aims at. */
  readonly spacingSeconds: number;
  readonly retarget: RetargetRule;
  readonly subsidyHalvingBlocks: number;
  /** Blocks on top of a coinbase, itself included, before it may be spent. */
  readonly coinbaseMaturity: number;
  readonly activation: ActivationHeights;
  /** Hash of the block at which BIP34 came into force, where that was not the first: on its chain BIP30 is implied. */
  readonly bip34Hash?: string;
  /** Script that every block must answer (BIP325); absent where blocks need no signature. */
  readonly signetChallenge?: Uint8Array;
  /** Blocks (by hash) whose scripts are checked with fewer rules, because they broke a later one. */
  readonly scriptFlagExceptions: ReadonlyMap<string, readonly string[]>;
  /** Hashes of blocks that were allowed to repeat a txid (BIP30). */
  readonly bip30Exceptions: ReadonlySet<string>;
  readonly addresses: AddressPrefixes;
  /** Ports that the network's programs use when told nothing else. */
  readonly defaultPorts: { readonly p2p: number; readonly rpc: number };
}
