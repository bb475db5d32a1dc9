import { bip143Sighash } from "@forkyard/consensus/rules/script/sighash/bip143";
import { SIGHASH_ALL } from "@forkyard/consensus/rules/script/sighash/hash-type";
import { legacySighash } from "@forkyard/consensus/rules/script/sighash/legacy";
import { ANYONE_CAN_SPEND, inputOf } from "@forkyard/consensus/testing/build-block";
import { signDigest, type TestKey, testKey } from "@forkyard/consensus/testing/signing";
import { hash160, sha256 } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import { OP_1 } from "@forkyard/core/script/opcodes";
import { payToScriptHash, payToWitness } from "@forkyard/core/script/templates";
import { Transaction, type TransactionFields, type TxInput, type TxOutput } from "@forkyard/core/tx";
import { type Output, outputOf, type Story } from "./story.ts";

export const NOTHING: Uint8Array = new Uint8Array(0);
export const TRUE_SCRIPT: Uint8Array = buildScript([OP_1]);
export const KEY: TestKey = testKey(7);

/** An output that anybody can spend. */
export function open(value: bigint): TxOutput {
  return { value, scriptPubKey: ANYONE_CAN_SPEND };
}

export function inputsOf(...outputs: readonly Output[]): readonly TxInput[] {
  return outputs.map(({ outPoint }) => inputOf(outPoint.txid, outPoint.vout));
}

/** A transaction that spends outputs as they are; unless told otherwise it pays all of it to anybody. */
export function spend(outputs: readonly Output[], change: Partial<TransactionFields> = {}): Transaction {
  const value = outputs.reduce((sum, output) => sum + output.value, 0n);
  return new Transaction({ version: 2, inputs: inputsOf(...outputs), outputs: [open(value)], lockTime: 0, ...change });
}

/** The same with these amounts, to anybody. */
export function pay(outputs: readonly Output[], ...values: readonly bigint[]): Transaction {
  return spend(outputs, { outputs: values.map(open) });
}

/** The transaction with another first input (or `index`th). */
export function withInput(tx: Transaction, change: Partial<TxInput>, index = 0): Transaction {
  return new Transaction({
    version: tx.version,
    inputs: tx.inputs.map((input, i) => (i === index ? { ...input, ...change } : input)),
    outputs: tx.outputs,
    lockTime: tx.lockTime,
  });
}

/** The transaction with other outputs. */
export function withOutputs(tx: Transaction, outputs: readonly TxOutput[]): Transaction {
  return new Transaction({ version: tx.version, inputs: tx.inputs, outputs, lockTime: tx.lockTime });
}

/** Puts an ordinary block on the story's tip that makes an output with this script. */
export function fund(story: Story, scriptPubKey: Uint8Array, value?: bigint): Output {
  return fundAll(story, [scriptPubKey], value)[0] as Output;
}

/** The same for many scripts at once, all with the same amount. */
export function fundAll(story: Story, scripts: readonly Uint8Array[], value?: bigint): readonly Output[] {
  const coin = story.coin();
  const share = value ?? coin.value / BigInt(scripts.length);
  const tx = spend([coin], { outputs: scripts.map((scriptPubKey) => ({ value: share, scriptPubKey })) });
  story.block().with(tx).accepted();
  return scripts.map((_, vout) => outputOf(tx, vout));
}

/** Signs an input outside segwit; by default the first, with everything. */
export function signLegacy(
  tx: Transaction,
  scriptCode: Uint8Array,
  { key = KEY, hashType = SIGHASH_ALL, index = 0 }: { key?: TestKey; hashType?: number; index?: number } = {},
): Uint8Array {
  return signDigest(key, legacySighash(tx, index, scriptCode, hashType), hashType);
}

/** Signs an input of a version 0 program. */
export function signSegwit(
  tx: Transaction,
  scriptCode: Uint8Array,
  amount: bigint,
  { key = KEY, hashType = SIGHASH_ALL, index = 0 }: { key?: TestKey; hashType?: number; index?: number } = {},
): Uint8Array {
  return signDigest(key, bip143Sighash(tx, index, scriptCode, amount, hashType), hashType);
}

export function wsh(script: Uint8Array): Uint8Array {
  return payToWitness(0, sha256(script));
}

export function sh(script: Uint8Array): Uint8Array {
  return payToScriptHash(hash160(script));
}
