import type { Block } from "@forkyard/core/block";
import { equalBytes, fromHex } from "@forkyard/core/bytes/bytes";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { DecodeError } from "@forkyard/core/errors";
import { hashToBytes, type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { merkleRoot } from "@forkyard/core/merkle";
import type { Curve } from "@forkyard/core/ports/curve";
import { buildScript, readOp } from "@forkyard/core/script/codec";
import { OP_0, OP_RETURN } from "@forkyard/core/script/opcodes";
import { NULL_VOUT, Transaction, type TxInput } from "@forkyard/core/tx";
import { SCRIPT_FLAGS, type ScriptFlags } from "./script/flags.ts";
import { TransactionChecker } from "./script/transaction-checker.ts";
import { verifyScript } from "./script/verify-script.ts";
import { findWitnessCommitmentIndex } from "./witness-commitment.ts";

/** BIP325: a push that begins so, in the output with the witness commitment, holds the block's solution. */
const SOLUTION_HEADER: Uint8Array = fromHex("ecc7daa2");
const SOLUTION_FLAGS: ScriptFlags =
  SCRIPT_FLAGS.P2SH | SCRIPT_FLAGS.WITNESS | SCRIPT_FLAGS.DERSIG | SCRIPT_FLAGS.NULLDUMMY;
/** Version, previous hash, merkle root, time. */
const SIGNED_HEADER_BYTES = 72;

/**
 * BIP325: true when the block's solution spends a made-up output whose script is the network's challenge. What is
 * signed is the block without the solution itself. A block without one passes when the challenge asks for nothing.
 */
export function hasSignetSolution(block: Block, challenge: Uint8Array, curve: Curve): boolean {
  const tx = signetSpending(block, challenge);
  const input = tx?.inputs[0];
  if (tx === undefined || input === undefined) return false;
  const spend = { scriptSig: input.scriptSig, scriptPubKey: challenge, witness: input.witness };
  const checker = new TransactionChecker(tx, 0, [{ value: 0n, scriptPubKey: challenge }], curve);
  return verifyScript(spend, SOLUTION_FLAGS, checker) === "OK";
}

/**
 * The transaction that spends the challenge for this block, with the block's solution on its input; signers sign it.
 * Undefined when the block has no witness commitment to hold a solution, or a solution that cannot be read.
 */
export function signetSpending(block: Block, challenge: Uint8Array): Transaction | undefined {
  const coinbase = block.txs[0];
  const index = findWitnessCommitmentIndex(block);
  if (coinbase === undefined || index === undefined) return undefined;
  const { solution, script } = takeSolution(coinbase.outputs[index]?.scriptPubKey ?? new Uint8Array(0));
  const answer = solution === undefined ? NO_ANSWER : readAnswer(solution);
  if (answer === undefined) return undefined;
  const outputs = coinbase.outputs.map((output, i) => (i === index ? { ...output, scriptPubKey: script } : output));
  const signed = signedHeader(block, new Transaction({ ...fieldsOf(coinbase), outputs }));
  return spendingTransaction(challengeTransaction(challenge, signed), answer);
}

/** What a solution puts on the input that spends the challenge. */
interface Answer {
  readonly scriptSig: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

const NO_ANSWER: Answer = { scriptSig: new Uint8Array(0), witness: [] };

/** The first push that is a solution, and the script with nothing but the header left of that push. */
function takeSolution(script: Uint8Array): { solution: Uint8Array | undefined; script: Uint8Array } {
  const parts: (number | Uint8Array)[] = [];
  let solution: Uint8Array | undefined;
  for (let offset = 0; offset < script.length; ) {
    const op = readOp(script, offset);
    // What cannot be read is left out of what is signed.
    if (op === "bad-push") break;
    const data = op.data ?? new Uint8Array(0);
    const isSolution = solution === undefined && data.length > SOLUTION_HEADER.length && hasHeader(data);
    if (isSolution) solution = data.subarray(SOLUTION_HEADER.length);
    if (data.length === 0) parts.push(op.opcode);
    else parts.push(isSolution ? SOLUTION_HEADER : data);
    offset = op.end;
  }
  return { solution, script: solution === undefined ? script : buildScript(parts) };
}

function hasHeader(data: Uint8Array): boolean {
  return equalBytes(data.subarray(0, SOLUTION_HEADER.length), SOLUTION_HEADER);
}

/** A scriptSig and a witness, serialized; undefined when the bytes are anything else. */
function readAnswer(solution: Uint8Array): Answer | undefined {
  try {
    const reader = new ByteReader(solution);
    const scriptSig = reader.varBytes();
    const witness = Array.from({ length: reader.compactSize(reader.remaining) }, () => reader.varBytes());
    reader.end();
    return { scriptSig, witness };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** The header without what mining changes, over the transactions without the solution. */
function signedHeader({ header, txs }: Block, coinbase: Transaction): Uint8Array {
  const leaves = [coinbase, ...txs.slice(1)].map((tx) => hashToBytes(tx.txid));
  return new ByteWriter(SIGNED_HEADER_BYTES)
    .i32(header.version)
    .bytes(hashToBytes(header.prevHash))
    .bytes(merkleRoot(leaves).root)
    .u32(header.time)
    .finish();
}

function challengeTransaction(challenge: Uint8Array, signed: Uint8Array): Transaction {
  const scriptSig = buildScript([OP_0, signed]);
  return new Transaction({
    version: 0,
    inputs: [{ prevout: { txid: ZERO_HASH as Txid, vout: NULL_VOUT }, scriptSig, sequence: 0, witness: [] }],
    outputs: [{ value: 0n, scriptPubKey: challenge }],
    lockTime: 0,
  });
}

function spendingTransaction(challenge: Transaction, { scriptSig, witness }: Answer): Transaction {
  const input: TxInput = { prevout: { txid: challenge.txid, vout: 0 }, scriptSig, sequence: 0, witness };
  return new Transaction({
    version: 0,
    inputs: [input],
    outputs: [{ value: 0n, scriptPubKey: Uint8Array.of(OP_RETURN) }],
    lockTime: 0,
  });
}

function fieldsOf({ version, inputs, lockTime }: Transaction): Pick<Transaction, "version" | "inputs" | "lockTime"> {
  return { version, inputs, lockTime };
}
