import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta, Coin, CoinReader } from "@forkyard/core/coins";
import { assert, RuleError } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Transaction, TxInput } from "@forkyard/core/tx";
import { isMoney } from "@forkyard/core/units";
import { MAX_BLOCK_SIGOPS_COST } from "../limits.ts";
import type { Ancestry } from "./ancestry.ts";
import { checkNoOverwrite, overwriteSearch, overwrittenOutPoints } from "./bip30.ts";
import { BlockCoins } from "./block-coins.ts";
import { checkSpentCoins, spentCoins, sumOfOutputs } from "./check-inputs.ts";
import { ruleError } from "./codes.ts";
import { sequenceLocks, sequenceLocksPass } from "./locks.ts";
import { flagsForBlock, type ScriptFlags } from "./script/flags.ts";
import type { TransactionScripts } from "./script/script-check.ts";
import { sigopCost } from "./sigops.ts";
import type { AcceptedBlock } from "./stages.ts";
import { subsidyAt } from "./subsidy.ts";

export interface ConnectedBlock {
  /** What the block does to the coins; its `spent` half is the undo data. */
  readonly delta: BlockDelta;
  /** Satoshis that the transactions leave to the miner. */
  readonly fees: bigint;
  /** Of every transaction but the coinbase, in block order. The block is valid only when all of them pass. */
  readonly scripts: readonly TransactionScripts[];
}

/** What stays the same while the transactions of one block are gone through. */
interface BlockContext {
  readonly entry: ChainEntry;
  readonly parent: ChainEntry;
  readonly ancestry: Ancestry;
  readonly params: NetworkParams;
  readonly flags: ScriptFlags;
  readonly coins: BlockCoins;
  readonly scripts: TransactionScripts[];
  readonly handOver: (scripts: TransactionScripts) => void;
}

/**
 * Checks a block against the coins before it (Bitcoin Core `ConnectBlock` without the scripts), in bitcoind's order,
 * and says what it changes; nothing is changed here. Genesis is never connected.
 * @param coins exactly as they are after `parent`
 * @param handOver given the scripts of each transaction as soon as its coins are found, so that they can be run meanwhile
 * @throws RuleError bad-txns-BIP30, the codes of `checkTxInputs`, bad-txns-accumulated-fee-outofrange,
 * bad-txns-nonfinal (BIP68), bad-blk-sigops, bad-cb-amount
 */
export function connectBlock(
  accepted: AcceptedBlock,
  parent: ChainEntry,
  coins: CoinReader,
  ancestry: Ancestry,
  params: NetworkParams,
  handOver: (scripts: TransactionScripts) => void = () => {},
): ConnectedBlock {
  const { block, entry } = accepted;
  assert(entry.height > 0 && block.header.prevHash === parent.hash, "a block is connected to its own parent");
  const context: BlockContext = {
    entry,
    parent,
    ancestry,
    params,
    flags: flagsForBlock(entry.hash, entry.height, params),
    coins: new BlockCoins(coins, entry.height),
    scripts: [],
    handOver,
  };
  const search = overwriteSearch(entry, parent, ancestry, params);
  if (search === "always") checkNoOverwrite(block.txs, coins);
  replaceRepeatedCoins(block.txs, coins, context);
  try {
    const fees = connectTransactions(block.txs, context);
    checkCoinbaseValue(block.txs[0] as Transaction, fees, context);
    return { delta: context.coins.delta(), fees, scripts: context.scripts };
  } catch (error) {
    if (error instanceof RuleError && search === "on-failure") checkNoOverwrite(block.txs, coins);
    throw error;
  }
}

/**
 * The two exceptions of BIP30 on mainnet: there the coinbase takes the place of unspent coins, which count as spent so
 * that totals and undo data stay true.
 */
function replaceRepeatedCoins(txs: readonly Transaction[], coins: CoinReader, context: BlockContext): void {
  const { entry, params } = context;
  if (!params.bip30Exceptions.has(entry.hash)) return;
  for (const outPoint of txs.flatMap((tx) => overwrittenOutPoints(tx, coins))) {
    context.coins.spend(outPoint, coins.coin(outPoint) as Coin);
  }
}

/** Goes through the transactions in order; gives the sum of their fees. */
function connectTransactions(txs: readonly Transaction[], context: BlockContext): bigint {
  let fees = 0n;
  let cost = 0;
  for (const tx of txs) {
    const spent = tx.isCoinbase ? [] : spentCoins(tx, (outPoint) => context.coins.coin(outPoint));
    if (!tx.isCoinbase) fees = addFee(fees, tx, spent, context);
    const outputs = spent.map((coin) => coin.output);
    cost += sigopCost(tx, outputs, context.flags);
    if (cost > MAX_BLOCK_SIGOPS_COST) throw ruleError("bad-blk-sigops", { cost });
    if (!tx.isCoinbase) handOverScripts({ tx, spent: outputs, flags: context.flags }, context);
    spent.forEach((coin, i) => context.coins.spend((tx.inputs[i] as TxInput).prevout, coin));
    context.coins.create(tx);
  }
  return fees;
}

function handOverScripts(scripts: TransactionScripts, { scripts: all, handOver }: BlockContext): void {
  all.push(scripts);
  handOver(scripts);
}

function addFee(fees: bigint, tx: Transaction, spent: readonly Coin[], context: BlockContext): bigint {
  const sum = fees + checkSpentCoins(tx, spent, context.entry.height, context.params);
  if (!isMoney(sum)) throw ruleError("bad-txns-accumulated-fee-outofrange", { txid: tx.txid });
  checkRelativeLocks(tx, spent, context);
  return sum;
}

/** BIP68. */
function checkRelativeLocks(tx: Transaction, spent: readonly Coin[], context: BlockContext): void {
  const { entry, parent, ancestry, params } = context;
  if (entry.height < params.activation.csv) return;
  const heights = spent.map((coin) => coin.height);
  if (!sequenceLocksPass(sequenceLocks(tx, heights, parent, ancestry), parent, ancestry)) {
    throw ruleError("bad-txns-nonfinal", { txid: tx.txid });
  }
}

function checkCoinbaseValue(coinbase: Transaction, fees: bigint, context: BlockContext): void {
  const pays = sumOfOutputs(coinbase);
  const limit = subsidyAt(context.entry.height, context.params) + fees;
  if (pays > limit) throw ruleError("bad-cb-amount", { pays: String(pays), limit: String(limit) });
}
