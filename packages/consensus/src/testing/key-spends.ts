import type { CoinChange } from "@forkyard/core/coins";
import { hash160, type Txid } from "@forkyard/core/hash";
import { payToPublicKeyHash, payToWitness } from "@forkyard/core/script/templates";
import { type OutPoint, SEQUENCE_FINAL, Transaction, type TxOutput } from "@forkyard/core/tx";
import { parseLaxDer } from "../rules/script/encoding/der.ts";
import { bip143Sighash } from "../rules/script/sighash/bip143.ts";
import { SIGHASH_ALL } from "../rules/script/sighash/hash-type.ts";
import { signDigest, type TestKey, testKey } from "./signing.ts";

const COIN_SATOSHIS = 100_000n;
/** What each spend leaves to the miner, in satoshis. */
export const SPEND_FEE = 1_000n;
const KEYS = 16;

/** A coin that a P2WPKH key holds, and the signed transaction that spends it. */
export interface KeySpend {
  readonly coin: CoinChange;
  readonly tx: Transaction;
  /** What a curve is asked about the spend: 64 bytes, 32 bytes, SEC1 bytes. */
  readonly signature: Uint8Array;
  readonly digest: Uint8Array;
  readonly publicKey: Uint8Array;
}

/**
 * Coins of P2WPKH keys, made in the genesis block of a test, each spent by one signed transaction with one output.
 * @param outPointOf where the coin of a number is: the output {@link keyCoinOutput} of that number; made up when absent
 */
export function keySpends(count: number, outPointOf: (n: number) => OutPoint = madeUpOutPoint): KeySpend[] {
  return Array.from({ length: count }, (_, n) => keySpend(keyOf(n), keyCoinOutput(n), outPointOf(n)));
}

/** The output that the spend of a number takes. */
export function keyCoinOutput(n: number): TxOutput {
  return { value: COIN_SATOSHIS, scriptPubKey: payToWitness(0, hash160(keyOf(n).publicKey)) };
}

const keys: TestKey[] = Array.from({ length: KEYS }, (_, i) => testKey(i + 1));

function keyOf(n: number): TestKey {
  const key = keys[n % KEYS];
  if (key === undefined) throw new RangeError(`no key for coin ${n}`);
  return key;
}

function madeUpOutPoint(n: number): OutPoint {
  return { txid: (n + 1).toString(16).padStart(64, "0") as Txid, vout: 0 };
}

function keySpend(key: TestKey, output: TxOutput, prevout: OutPoint): KeySpend {
  const { publicKey } = key;
  const keyHash = hash160(publicKey);
  const { scriptPubKey } = output;
  const input = { prevout, scriptSig: new Uint8Array(0), sequence: SEQUENCE_FINAL, witness: [] };
  const outputs = [{ value: COIN_SATOSHIS - SPEND_FEE, scriptPubKey }];
  const unsigned = new Transaction({ version: 2, inputs: [input], outputs, lockTime: 0 });
  const digest = bip143Sighash(unsigned, 0, payToPublicKeyHash(keyHash), COIN_SATOSHIS, SIGHASH_ALL);
  const der = signDigest(key, digest, SIGHASH_ALL);
  const inputs = [{ ...input, witness: [der, publicKey] }];
  const tx = new Transaction({ version: 2, inputs, outputs, lockTime: 0 });
  const signature = parseLaxDer(der.subarray(0, -1)) as Uint8Array;
  return {
    coin: { outPoint: prevout, coin: { output, height: 0, coinbase: false } },
    tx,
    signature,
    digest,
    publicKey,
  };
}
