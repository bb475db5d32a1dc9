import { toHex } from "@forkyard/core/bytes/bytes";
import type { Coin } from "@forkyard/core/coins";
import type { AddressPrefixes } from "@forkyard/core/params/network-params";
import type { Transaction, TxInput, TxOutput } from "@forkyard/core/tx";
import { coins, type JsonObject } from "../json/json.ts";
import { scriptAsm } from "./script-asm.ts";
import { scriptPubKeyJson } from "./script-json.ts";

export interface TxJsonOptions {
  readonly prefixes: AddressPrefixes;
  /** The coins that its inputs spent, in order: gives the fee. */
  readonly spent?: readonly Coin[];
  /** Show the spent outputs too. */
  readonly withPrevouts?: boolean;
  readonly withHex?: boolean;
}

/** A transaction as bitcoind shows it (`TxToUniv`). */
export function txJson(tx: Transaction, options: TxJsonOptions): JsonObject {
  const { prefixes, spent } = options;
  return {
    txid: tx.txid,
    hash: tx.wtxid,
    version: tx.version >>> 0,
    size: tx.totalSize,
    vsize: tx.virtualSize,
    weight: tx.weight,
    locktime: tx.lockTime,
    vin: tx.inputs.map((input, i) =>
      inputJson(tx, input, options.withPrevouts === true ? spent?.[i] : undefined, prefixes),
    ),
    vout: tx.outputs.map((output, n) => outputJson(output, n, prefixes)),
    fee: spent === undefined || tx.isCoinbase ? undefined : coins(feeOf(tx, spent)),
    hex: options.withHex === true ? toHex(tx.encode()) : undefined,
  };
}

function inputJson(tx: Transaction, input: TxInput, coin: Coin | undefined, prefixes: AddressPrefixes): JsonObject {
  const source: JsonObject = tx.isCoinbase
    ? { coinbase: toHex(input.scriptSig) }
    : {
        txid: input.prevout.txid,
        vout: input.prevout.vout,
        scriptSig: { asm: scriptAsm(input.scriptSig, true), hex: toHex(input.scriptSig) },
      };
  return {
    ...source,
    txinwitness: input.witness.length === 0 ? undefined : input.witness.map(toHex),
    prevout: coin === undefined ? undefined : prevoutJson(coin, prefixes),
    sequence: input.sequence,
  };
}

function prevoutJson(coin: Coin, prefixes: AddressPrefixes): JsonObject {
  return {
    generated: coin.coinbase,
    height: coin.height,
    value: coins(coin.output.value),
    scriptPubKey: scriptPubKeyJson(coin.output.scriptPubKey, prefixes),
  };
}

function outputJson(output: TxOutput, n: number, prefixes: AddressPrefixes): JsonObject {
  return { value: coins(output.value), n, scriptPubKey: scriptPubKeyJson(output.scriptPubKey, prefixes) };
}

function feeOf(tx: Transaction, spent: readonly Coin[]): bigint {
  const paidIn = spent.reduce((sum, coin) => sum + coin.output.value, 0n);
  return tx.outputs.reduce((rest, output) => rest - output.value, paidIn);
}
