import assert from "node:assert/strict";
import type { CoinChange } from "@forkyard/core/coins";
import type { Txid } from "@forkyard/core/hash";
import { hash160 } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import { OP_CHECKSIG, OP_NOT } from "@forkyard/core/script/opcodes";
import { payToPublicKeyHash } from "@forkyard/core/script/templates";
import { type OutPoint, SEQUENCE_FINAL, Transaction, type TxInput } from "@forkyard/core/tx";
import { SIGHASH_ALL } from "../rules/script/sighash/hash-type.ts";
import { legacySighash } from "../rules/script/sighash/legacy.ts";
import { signDigest, type TestKey, testKey } from "./signing.ts";

/** Satoshis in each coin. */
const COIN_SATOSHIS = 10_000n;
const KEYS = 16;
/** DER of r = 1 and s = 1 with SIGHASH_ALL: the shortest signature that is well written, and valid for nothing. */
const VAIN_SIGNATURE: Uint8Array = Uint8Array.of(0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01, SIGHASH_ALL);

/** Legacy coins, and one transaction that spends all of them: each input's signature hash reads all of it. */
export interface QuadraticSpend {
  readonly coins: readonly CoinChange[];
  readonly tx: Transaction;
}

/**
 * Output script with a signature check that is made in full, fails and is negated: `SIG KEY CHECKSIG NOT`. Spending it
 * takes an empty scriptSig, so that 24,000 inputs fit into a block, the most there can be.
 */
export function vainCheckScript(): Uint8Array {
  return buildScript([VAIN_SIGNATURE, testKey(1).publicKey, OP_CHECKSIG, OP_NOT]);
}

/** The worst block there can be with one CHECKSIG an input: `inputs` of 41 bytes each, 20,000 of them 820 KB. */
export function vainCheckSpend(
  inputs: number,
  outPoints: readonly OutPoint[] = madeUpOutPoints(inputs),
): QuadraticSpend {
  const scriptPubKey = vainCheckScript();
  const spending = outPoints.map((prevout) => blankInput(prevout));
  return { coins: outPoints.map((outPoint) => coinOf(outPoint, scriptPubKey)), tx: sweep(spending) };
}

/** Ordinary P2PKH inputs with valid signatures: 5,500 of them fill a block. */
export function keyHashSweep(inputs: number, outPoints: readonly OutPoint[] = madeUpOutPoints(inputs)): QuadraticSpend {
  const keys = Array.from({ length: KEYS }, (_, i) => testKey(i + 1));
  const keyOf = (i: number): TestKey => keys.at(i % KEYS) ?? assert.fail();
  const scripts = keys.map(({ publicKey }) => payToPublicKeyHash(hash160(publicKey)));
  const scriptOf = (i: number): Uint8Array => scripts.at(i % KEYS) ?? assert.fail();
  const unsigned = sweep(outPoints.map((prevout) => blankInput(prevout)));
  const signed = unsigned.inputs.map((input, i): TxInput => {
    const signature = signDigest(keyOf(i), legacySighash(unsigned, i, scriptOf(i), SIGHASH_ALL), SIGHASH_ALL);
    return { ...input, scriptSig: buildScript([signature, keyOf(i).publicKey]) };
  });
  return { coins: outPoints.map((outPoint, i) => coinOf(outPoint, scriptOf(i))), tx: sweep(signed) };
}

function madeUpOutPoints(count: number): OutPoint[] {
  return Array.from({ length: count }, (_, i) => ({ txid: (i + 1).toString(16).padStart(64, "0") as Txid, vout: 0 }));
}

function blankInput(prevout: OutPoint): TxInput {
  return { prevout, scriptSig: new Uint8Array(0), sequence: SEQUENCE_FINAL, witness: [] };
}

function coinOf(outPoint: OutPoint, scriptPubKey: Uint8Array): CoinChange {
  return { outPoint, coin: { output: { value: COIN_SATOSHIS, scriptPubKey }, height: 0, coinbase: false } };
}

/** Everything goes to the miner but one coin, which anybody may take. */
function sweep(inputs: readonly TxInput[]): Transaction {
  const outputs = [{ value: COIN_SATOSHIS, scriptPubKey: Uint8Array.of(0x51) }];
  return new Transaction({ version: 2, inputs, outputs, lockTime: 0 });
}
