import { concatBytes } from "@forkyard/core/bytes/bytes";
import { assert } from "@forkyard/core/errors";
import { type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { buildScript, encodeScriptNumber } from "@forkyard/core/script/codec";
import { NULL_VOUT, SEQUENCE_FINAL, Transaction, type TxOutput } from "@forkyard/core/tx";
import { MAX_COINBASE_SCRIPT_BYTES } from "../limits.ts";
import { coinbaseHeightScript } from "../rules/accept-block.ts";
import { WITNESS_NONCE_BYTES, witnessCommitment, witnessCommitmentScript } from "../rules/witness-commitment.ts";
import { MAX_COINBASE_TAG_BYTES } from "./limits.ts";

const COINBASE_VERSION = 2;

export interface CoinbaseFields {
  readonly height: number;
  /** Satoshis: subsidy and fees. */
  readonly value: bigint;
  /** Output script that gets them. */
  readonly payTo: Uint8Array;
  /** Printable text that names the miner. */
  readonly tag: string;
  /** Any number that was not used before with the same rest: it makes the coinbase, and so the header, another one. */
  readonly extraNonce: number;
  /** The other transactions of a block that commits to its witnesses (BIP141); undefined: it does not. */
  readonly witnessesOf: readonly Transaction[] | undefined;
}

/** Builds the transaction that pays the miner. */
export function buildCoinbase(fields: CoinbaseFields): Transaction {
  const outputs: TxOutput[] = [{ value: fields.value, scriptPubKey: fields.payTo }];
  const scriptSig = coinbaseScript(fields.height, fields.extraNonce, fields.tag);
  if (fields.witnessesOf === undefined) return coinbaseOf(scriptSig, [], outputs);
  const reserved = new Uint8Array(WITNESS_NONCE_BYTES);
  // The coinbase counts as zeros in the commitment: one without the commitment stands in for it.
  const commitment = witnessCommitment([coinbaseOf(scriptSig, [], outputs), ...fields.witnessesOf], reserved);
  return coinbaseOf(
    scriptSig,
    [reserved],
    [...outputs, { value: 0n, scriptPubKey: witnessCommitmentScript(commitment) }],
  );
}

/** BIP34: the height first; then extra nonce and tag, which nobody reads but people. */
export function coinbaseScript(height: number, extraNonce: number, tag: string): Uint8Array {
  assert(Number.isSafeInteger(extraNonce) && extraNonce >= 0, `an extra nonce of ${extraNonce}`);
  const tagBytes = new TextEncoder().encode(tag);
  assert(tagBytes.length <= MAX_COINBASE_TAG_BYTES, `a coinbase tag of ${tagBytes.length} bytes`);
  const free = buildScript([encodeScriptNumber(BigInt(extraNonce)), tagBytes]);
  const script = concatBytes(coinbaseHeightScript(height), free);
  assert(script.length <= MAX_COINBASE_SCRIPT_BYTES, `a coinbase script of ${script.length} bytes`);
  return script;
}

function coinbaseOf(scriptSig: Uint8Array, witness: readonly Uint8Array[], outputs: readonly TxOutput[]): Transaction {
  const prevout = { txid: ZERO_HASH as Txid, vout: NULL_VOUT };
  return new Transaction({
    version: COINBASE_VERSION,
    inputs: [{ prevout, scriptSig, sequence: SEQUENCE_FINAL, witness }],
    outputs,
    lockTime: 0,
  });
}
