import { assert } from "@forkyard/core/errors";
import { formatCoins } from "@forkyard/core/units";
import type { RpcClient } from "@forkyard/rpc/client";
import { satoshisOf } from "@forkyard/rpc/client/amounts";
import type { BlockWishes } from "@forkyard/rpc/experiment-api";
import type { LinkSetting } from "@forkyard/rpc/lab-api";
import { CLIENT_MINING_TIMEOUT_MS } from "@forkyard/rpc/limits";
import type { StreamLine } from "@forkyard/rpc/schema/events";
import type { BalancesResult, BranchResult, DoubleSpendResult, StatusResult } from "@forkyard/rpc/schema/results";
import type { NodeState } from "../folder/state-file.ts";
import { MAX_WALLET_ENTRIES } from "../limits.ts";
import type { RemovedBlock, RemovedTransaction } from "../reorg/branch-transactions.ts";

/** Satoshis. */
export interface Balances {
  readonly spendable: bigint;
  readonly unconfirmed: bigint;
  readonly immature: bigint;
}

/** An entry of a wallet's history. */
export interface WalletEntry {
  readonly txid: string;
  readonly category: "send" | "receive" | "generate" | "immature" | "orphan";
  readonly address?: string;
  /** Satoshis, without the fee; negative for "send". */
  readonly amount: bigint;
}

export interface BranchRequest {
  readonly forkPoint: string;
  readonly blocks: number;
  readonly transactions: readonly string[];
  readonly address: string;
}

export interface WithheldRequest {
  /** A block of the active chain, or a branch that {@link RemoteNode.mineWithheld} began. */
  readonly on: { readonly forkPoint: string } | { readonly branch: string };
  readonly blocks: number;
  /** Hexadecimal. */
  readonly transactions: readonly string[];
  readonly address: string;
  readonly atFullPower: boolean;
  readonly wishes?: BlockWishes;
}

interface BlockJson {
  readonly hash: string;
  readonly height: number;
  readonly previousblockhash?: string;
  readonly tx: readonly {
    readonly txid: string;
    readonly hex: string;
    readonly vin: readonly { readonly txid?: string; readonly vout?: number; readonly coinbase?: string }[];
  }[];
}

type WalletEntryJson = Omit<WalletEntry, "amount"> & { readonly amount: number };

/** Result of `gettransaction`, the part that is used here. */
interface TransactionJson {
  readonly fee?: number;
  readonly blockhash?: string;
  readonly blockheight?: number;
}

/** Nonces that a call to mine may try: as good as no limit. */
const UNLIMITED_TRIES = 2 ** 31 - 1;

/** Calls that mine are silent for long. */
const MINING = { timeoutMs: CLIENT_MINING_TIMEOUT_MS } as const;

/** A node of a running devnet, reached over its RPC and nothing else. */
export class RemoteNode {
  readonly state: NodeState;
  readonly #rpc: RpcClient;

  constructor(state: NodeState, rpc: RpcClient) {
    this.state = state;
    this.#rpc = rpc;
  }

  get name(): string {
    return this.state.name;
  }

  close(): void {
    this.#rpc.close();
  }

  /** Lines of the event stream from a sequence number on, until `signal` aborts. */
  events(from: number, signal: AbortSignal): AsyncIterable<StreamLine> {
    return this.#rpc.events({ from, signal });
  }

  /** Any method, for calls that this class does not know. */
  call(method: string, parameters: readonly unknown[], options: { readonly wallet?: string } = {}): Promise<unknown> {
    const client = options.wallet === undefined ? this.#rpc : this.#rpc.wallet(options.wallet);
    return client.call(method, parameters, { timeoutMs: CLIENT_MINING_TIMEOUT_MS });
  }

  async status(): Promise<StatusResult> {
    return this.#rpc.call<StatusResult>("forkyard_status");
  }

  /** @param hashRate hashes a second; 0 pauses */
  async setMining(hashRate: number): Promise<void> {
    await this.#rpc.call("forkyard_setmining", [hashRate]);
  }

  async setBlockedPeers(peerIds: readonly string[]): Promise<void> {
    await this.#rpc.call("forkyard_setblockedpeers", [peerIds]);
  }

  /** Dials once, without waiting for the result. */
  async dial(address: string): Promise<void> {
    await this.#rpc.call("addnode", [address, "onetry"]);
  }

  async generate(blocks: number, address: string): Promise<readonly string[]> {
    const parameters = [blocks, address, UNLIMITED_TRIES];
    return this.#rpc.call<readonly string[]>("generatetoaddress", parameters, MINING);
  }

  /** Blocks of a certain kind on the tip, at full power. */
  async mineBlocks(blocks: number, address: string, wishes: BlockWishes): Promise<readonly string[]> {
    return this.#rpc.call<readonly string[]>("forkyard_mineblocks", [blocks, address, wishes], MINING);
  }

  async mineBranch(request: BranchRequest): Promise<BranchResult> {
    const { forkPoint, blocks, transactions, address } = request;
    const list = transactions.length === 0 ? "none" : transactions;
    const parameters = [forkPoint, blocks, list, address, true, true];
    return this.#rpc.call<BranchResult>("forkyard_minebranch", parameters, MINING);
  }

  /** Blocks that only this node knows, at full power or at the node's hash rate. `signal` gives the search up. */
  async mineWithheld(request: WithheldRequest, signal?: AbortSignal): Promise<BranchResult> {
    const { on, blocks, transactions, address, atFullPower, wishes = {} } = request;
    const list = transactions.length === 0 ? "none" : transactions;
    const options = { ...MINING, ...(signal !== undefined && { signal }) };
    if ("branch" in on) {
      return this.#rpc.call("forkyard_extendbranch", [on.branch, blocks, list, atFullPower, wishes], options);
    }
    const parameters = [on.forkPoint, blocks, list, address, atFullPower, false, wishes];
    return this.#rpc.call("forkyard_minebranch", parameters, options);
  }

  /** @param blocks how many of those still withheld; all when absent */
  async publishBranch(branch: string, blocks?: number): Promise<void> {
    await this.#rpc.call("forkyard_publishbranch", blocks === undefined ? [branch] : [branch, blocks]);
  }

  /** How the links to peers behave from now on, away from this node; all others are ordinary. */
  async setLinks(links: readonly LinkSetting[]): Promise<void> {
    await this.#rpc.call("forkyard_setlinks", [links]);
  }

  async blockHash(height: number): Promise<string> {
    return this.#rpc.call<string>("getblockhash", [height]);
  }

  async block(hash: string): Promise<RemovedBlock> {
    const block = await this.#rpc.call<BlockJson>("getblock", [hash, 2]);
    return { hash: block.hash, height: block.height, txs: block.tx.map(removedTransaction) };
  }

  /** Blocks above `forkHeight` up to the block `tip`, oldest first. */
  async blocksAbove(forkHeight: number, tip: string): Promise<readonly RemovedBlock[]> {
    const blocks: RemovedBlock[] = [];
    for (let hash = tip; ; ) {
      const block = await this.#rpc.call<BlockJson>("getblock", [hash, 2]);
      if (block.height <= forkHeight) return blocks.reverse();
      blocks.push({ hash: block.hash, height: block.height, txs: block.tx.map(removedTransaction) });
      assert(block.previousblockhash !== undefined, "only the genesis block has no parent");
      hash = block.previousblockhash;
    }
  }

  async mempool(): Promise<readonly string[]> {
    return this.#rpc.call<readonly string[]>("getrawmempool");
  }

  async newAddress(wallet: string): Promise<string> {
    return this.#rpc.wallet(wallet).call<string>("getnewaddress", []);
  }

  async balances(wallet: string): Promise<Balances> {
    const { mine } = await this.#rpc.wallet(wallet).call<BalancesResult>("getbalances", []);
    return {
      spendable: satoshisOf(mine.trusted),
      unconfirmed: satoshisOf(mine.untrusted_pending),
      immature: satoshisOf(mine.immature),
    };
  }

  /** Pays from a wallet of this node. @returns the txid */
  async send(wallet: string, address: string, amount: bigint): Promise<string> {
    return this.#rpc.wallet(wallet).call<string>("sendtoaddress", [address, formatCoins(amount)]);
  }

  /** The fee of a wallet's own payment, in satoshis. */
  async feeOf(wallet: string, txid: string): Promise<bigint> {
    const { fee } = await this.#transaction(wallet, txid);
    return -satoshisOf(fee ?? 0);
  }

  /** A payment that is signed and not announced. */
  async signPayment(wallet: string, address: string, amount: bigint, feeRate?: number): Promise<DoubleSpendResult> {
    const parameters = [address, formatCoins(amount), ...(feeRate === undefined ? [] : [feeRate])];
    return this.#rpc.wallet(wallet).call<DoubleSpendResult>("forkyard_signpayment", parameters);
  }

  /** Announces a transaction. @returns its txid */
  async announce(hex: string): Promise<string> {
    return this.#rpc.call<string>("sendrawtransaction", [hex]);
  }

  async doubleSpend(wallet: string, txid: string): Promise<DoubleSpendResult> {
    return this.#rpc.wallet(wallet).call<DoubleSpendResult>("forkyard_doublespend", [txid]);
  }

  /** The latest things that the wallet sent and got, oldest first. */
  async walletEntries(wallet: string): Promise<readonly WalletEntry[]> {
    const parameters = ["*", MAX_WALLET_ENTRIES];
    const entries = await this.#rpc.wallet(wallet).call<readonly WalletEntryJson[]>("listtransactions", parameters);
    return entries.map((entry) => ({ ...entry, amount: satoshisOf(entry.amount) }));
  }

  /** The block on the active chain that holds a transaction of the wallet; undefined while there is none. */
  async blockOf(wallet: string, txid: string): Promise<{ hash: string; height: number } | undefined> {
    const { blockhash: hash, blockheight: height } = await this.#transaction(wallet, txid);
    return hash === undefined || height === undefined ? undefined : { hash, height };
  }

  #transaction(wallet: string, txid: string): Promise<TransactionJson> {
    return this.#rpc.wallet(wallet).call<TransactionJson>("gettransaction", [txid]);
  }
}

function removedTransaction(tx: BlockJson["tx"][number]): RemovedTransaction {
  return {
    txid: tx.txid,
    hex: tx.hex,
    coinbase: tx.vin[0]?.coinbase !== undefined,
    spends: tx.vin.flatMap((input) => (input.txid === undefined ? [] : [`${input.txid}:${input.vout}`])),
  };
}
