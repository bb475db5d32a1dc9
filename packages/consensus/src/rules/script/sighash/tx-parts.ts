import { ByteWriter, compactSizeLength } from "@forkyard/core/bytes/writer";
import { sha256 } from "@forkyard/core/hash";
import type { Sha256Stream } from "@forkyard/core/ports/sha256";
import { encodeOutPoint, encodeOutput, type Transaction, type TxOutput } from "@forkyard/core/tx";
import { LegacyPrefix } from "./legacy-prefix.ts";

const VERSION_BYTES = 4;
const LOCK_TIME_BYTES = 4;
const OUT_POINT_BYTES = 36;
const SEQUENCE_BYTES = 4;
const AMOUNT_BYTES = 8;
/** Outpoint, empty script, sequence. */
const BLANK_INPUT_BYTES = OUT_POINT_BYTES + 1 + SEQUENCE_BYTES;
/** What SIGHASH_SINGLE puts in the place of outputs that it does not cover: a value of -1 and an empty script. */
const BLANK_OUTPUT: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0);

/** A legacy signature hash that lacks nothing but the hash type. */
interface LegacyStream {
  readonly inputIndex: number;
  readonly scriptCode: Uint8Array;
  readonly stream: Sha256Stream;
}

/** BIP341: hashes of what all inputs of a transaction spend. */
export interface SpentHashes {
  readonly amounts: Uint8Array;
  /** Of the output scripts, each with its length in front. */
  readonly scripts: Uint8Array;
}

/**
 * What the signature hashes of all inputs of one transaction share: the transaction serialized with empty scripts,
 * from which the legacy hash takes its pieces, and the hashes of BIP143 and BIP341, each worked out when first asked for.
 */
export class TxParts {
  readonly tx: Transaction;
  /** The legacy hash's blank inputs as they are, and with sequences of 0. */
  readonly legacyPrefix: LegacyPrefix = new LegacyPrefix(this, false);
  readonly zeroedLegacyPrefix: LegacyPrefix = new LegacyPrefix(this, true);
  /** For each way to cover inputs and outputs, the latest legacy hash up to its hash type. */
  readonly legacyStreams: Map<string, LegacyStream> = new Map();
  readonly #blank: Uint8Array;
  readonly #inputsStart: number;
  readonly #outputsStart: number;
  #hashedBytes = 0;
  #zeroed: Uint8Array | undefined;
  #blankOutputs: Uint8Array | undefined;
  #prevoutsSha: Uint8Array | undefined;
  #sequencesSha: Uint8Array | undefined;
  #outputsSha: Uint8Array | undefined;
  #prevoutsHash: Uint8Array | undefined;
  #sequencesHash: Uint8Array | undefined;
  #outputsHash: Uint8Array | undefined;
  readonly #outputShas: (Uint8Array | undefined)[] = [];
  #spent: readonly TxOutput[] | undefined;
  #spentHashes: SpentHashes | undefined;

  constructor(tx: Transaction) {
    this.tx = tx;
    this.#blank = encodeBlank(tx);
    this.#inputsStart = VERSION_BYTES + compactSizeLength(tx.inputs.length);
    this.#outputsStart =
      this.#inputsStart + tx.inputs.length * BLANK_INPUT_BYTES + compactSizeLength(tx.outputs.length);
  }

  /** Bytes hashed so far for the signatures of this transaction, counted where they go into SHA-256 first. */
  get hashedBytes(): number {
    return this.#hashedBytes;
  }

  /** To be told of every hash that a signature takes. */
  countHashed(bytes: number): void {
    this.#hashedBytes += bytes;
  }

  /** Version, number of inputs, and the inputs before `inputIndex`, all with empty scripts. */
  blankBefore(inputIndex: number, zeroSequences: boolean): Uint8Array {
    return this.#blankTx(zeroSequences).subarray(0, this.#inputAt(inputIndex));
  }

  /** The inputs behind `inputIndex`, serialized with empty scripts. */
  blankAfter(inputIndex: number, zeroSequences: boolean): Uint8Array {
    const end = this.#inputAt(this.tx.inputs.length);
    return this.#blankTx(zeroSequences).subarray(this.#inputAt(inputIndex + 1), end);
  }

  /** Number of outputs, all outputs, lock time. */
  get outputsAndLockTime(): Uint8Array {
    return this.#blank.subarray(this.#inputAt(this.tx.inputs.length));
  }

  /** So many outputs as SIGHASH_SINGLE blanks them; at most as many as the transaction has. */
  blankOutputs(count: number): Uint8Array {
    this.#blankOutputs ??= repeated(BLANK_OUTPUT, this.tx.outputs.length);
    return this.#blankOutputs.subarray(0, count * BLANK_OUTPUT.length);
  }

  outPoint(inputIndex: number): Uint8Array {
    const at = this.#inputAt(inputIndex);
    return this.#blank.subarray(at, at + OUT_POINT_BYTES);
  }

  /** SHA-256 of all outpoints (BIP341); hashed once more it is BIP143's hashPrevouts. */
  get prevoutsSha(): Uint8Array {
    this.#prevoutsSha ??= this.#sha(this.#gather(0, OUT_POINT_BYTES));
    return this.#prevoutsSha;
  }

  /** SHA-256 of all sequence numbers (BIP341). */
  get sequencesSha(): Uint8Array {
    this.#sequencesSha ??= this.#sha(this.#gather(OUT_POINT_BYTES + 1, SEQUENCE_BYTES));
    return this.#sequencesSha;
  }

  /** SHA-256 of all outputs (BIP341). */
  get outputsSha(): Uint8Array {
    this.#outputsSha ??= this.#sha(this.#blank.subarray(this.#outputsStart, this.#blank.length - LOCK_TIME_BYTES));
    return this.#outputsSha;
  }

  /** BIP143 hashPrevouts. */
  get prevoutsHash(): Uint8Array {
    this.#prevoutsHash ??= this.#sha(this.prevoutsSha);
    return this.#prevoutsHash;
  }

  /** BIP143 hashSequence. */
  get sequencesHash(): Uint8Array {
    this.#sequencesHash ??= this.#sha(this.sequencesSha);
    return this.#sequencesHash;
  }

  /** BIP143 hashOutputs for SIGHASH_ALL. */
  get outputsHash(): Uint8Array {
    this.#outputsHash ??= this.#sha(this.outputsSha);
    return this.#outputsHash;
  }

  /** SHA-256 of one output, for SIGHASH_SINGLE: scripts with many signatures ask again and again. */
  outputSha(index: number): Uint8Array {
    const known = this.#outputShas[index];
    if (known !== undefined) return known;
    const hash = this.#sha(encodedOutput(this.tx.outputs[index] as TxOutput));
    this.#outputShas[index] = hash;
    return hash;
  }

  /** BIP341's hashes over what the inputs spend: one output for each, in order. */
  spentHashes(spent: readonly TxOutput[]): SpentHashes {
    if (this.#spentHashes === undefined || this.#spent !== spent) {
      const { amounts, scripts } = encodeSpent(spent);
      this.#spent = spent;
      this.#spentHashes = { amounts: this.#sha(amounts), scripts: this.#sha(scripts) };
    }
    return this.#spentHashes;
  }

  #sha(bytes: Uint8Array): Uint8Array {
    this.countHashed(bytes.length);
    return sha256(bytes);
  }

  #inputAt(index: number): number {
    return this.#inputsStart + index * BLANK_INPUT_BYTES;
  }

  /** The blank transaction; with NONE and SINGLE the other inputs may still change their sequence, so it counts as 0. */
  #blankTx(zeroSequences: boolean): Uint8Array {
    if (!zeroSequences) return this.#blank;
    this.#zeroed ??= this.#zeroSequences();
    return this.#zeroed;
  }

  #zeroSequences(): Uint8Array {
    const zeroed = this.#blank.slice();
    for (let i = 1; i <= this.tx.inputs.length; i++) {
      const end = this.#inputAt(i);
      zeroed.fill(0, end - SEQUENCE_BYTES, end);
    }
    return zeroed;
  }

  /** The same field of every input, joined. */
  #gather(fieldOffset: number, fieldBytes: number): Uint8Array {
    const count = this.tx.inputs.length;
    const first = this.#inputAt(0) + fieldOffset;
    if (count === 1) return this.#blank.subarray(first, first + fieldBytes);
    const joined = new Uint8Array(count * fieldBytes);
    for (let i = 0; i < count; i++) {
      const at = first + i * BLANK_INPUT_BYTES;
      joined.set(this.#blank.subarray(at, at + fieldBytes), i * fieldBytes);
    }
    return joined;
  }
}

let latest: TxParts | undefined;

/**
 * The parts of `tx`. Those of the last transaction asked for are kept: its inputs are checked one after the other, and
 * more would only hold memory for transactions that are done.
 */
export function partsOf(tx: Transaction): TxParts {
  if (latest?.tx !== tx) latest = new TxParts(tx);
  return latest;
}

/** Value and script of an output. */
export function encodedOutput(output: TxOutput): Uint8Array {
  const writer = new ByteWriter(
    AMOUNT_BYTES + compactSizeLength(output.scriptPubKey.length) + output.scriptPubKey.length,
  );
  encodeOutput(writer, output);
  return writer.finish();
}

function encodeSpent(spent: readonly TxOutput[]): SpentHashes {
  const amounts = new ByteWriter(spent.length * AMOUNT_BYTES);
  const scripts = new ByteWriter();
  for (const { value, scriptPubKey } of spent) {
    amounts.i64(value);
    scripts.varBytes(scriptPubKey);
  }
  return { amounts: amounts.finish(), scripts: scripts.finish() };
}

function encodeBlank(tx: Transaction): Uint8Array {
  const writer = new ByteWriter(tx.strippedSize);
  writer.i32(tx.version).compactSize(tx.inputs.length);
  for (const input of tx.inputs) {
    encodeOutPoint(writer, input.prevout);
    writer.u8(0).u32(input.sequence);
  }
  writer.compactSize(tx.outputs.length);
  for (const output of tx.outputs) encodeOutput(writer, output);
  writer.u32(tx.lockTime);
  return writer.finish();
}

function repeated(pattern: Uint8Array, times: number): Uint8Array {
  const bytes = new Uint8Array(times * pattern.length);
  for (let i = 0; i < times; i++) bytes.set(pattern, i * pattern.length);
  return bytes;
}
