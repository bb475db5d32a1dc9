import { ByteWriter, compactSizeLength } from "@forkyard/core/bytes/writer";
import { sha256 } from "@forkyard/core/hash";
import { encodeOutPoint, encodeOutput, type Transaction, type TxOutput } from "@forkyard/core/tx";

const VERSION_BYTES = 4;
const LOCK_TIME_BYTES = 4;
const OUT_POINT_BYTES = 36;
const SEQUENCE_BYTES = 4;
const AMOUNT_BYTES = 8;
/** Outpoint, empty script, sequence. */
export const BLANK_INPUT_BYTES: number = OUT_POINT_BYTES + 1 + SEQUENCE_BYTES;

/** BIP341: hashes of what all inputs of a transaction spend. */
export interface SpentHashes {
  readonly amounts: Uint8Array;
  /** Of the output scripts, each with its length in front. */
  readonly scripts: Uint8Array;
}

/**
 * What the signature hashes of all inputs of one transaction share: the transaction serialized with empty scripts,
 * from which the legacy hash copies, and the hashes of BIP143 and BIP341, each worked out when first asked for.
 */
export class TxParts {
  readonly tx: Transaction;
  readonly #blank: Uint8Array;
  readonly #inputsStart: number;
  readonly #outputsStart: number;
  readonly #hashes = new Map<string, Uint8Array>();
  #spent: readonly TxOutput[] | undefined;
  #spentHashes: SpentHashes | undefined;

  constructor(tx: Transaction) {
    this.tx = tx;
    this.#blank = encodeBlank(tx);
    this.#inputsStart = VERSION_BYTES + compactSizeLength(tx.inputs.length);
    this.#outputsStart =
      this.#inputsStart + tx.inputs.length * BLANK_INPUT_BYTES + compactSizeLength(tx.outputs.length);
  }

  /** Bytes of the whole blank transaction. */
  get blankBytes(): number {
    return this.#blank.length;
  }

  /** The inputs from index `from` up to but not `to`, serialized with empty scripts. */
  blankInputs(from: number, to: number): Uint8Array {
    return this.#blank.subarray(this.#inputAt(from), this.#inputAt(to));
  }

  /** All outputs, serialized, without their count. */
  get outputs(): Uint8Array {
    return this.#blank.subarray(this.#outputsStart, this.#blank.length - LOCK_TIME_BYTES);
  }

  outPoint(inputIndex: number): Uint8Array {
    const at = this.#inputAt(inputIndex);
    return this.#blank.subarray(at, at + OUT_POINT_BYTES);
  }

  /** SHA-256 of all outpoints (BIP341); hashed once more it is BIP143's hashPrevouts. */
  get prevoutsSha(): Uint8Array {
    return this.#once("prevouts", () => sha256(this.#gather(0, OUT_POINT_BYTES)));
  }

  /** SHA-256 of all sequence numbers (BIP341). */
  get sequencesSha(): Uint8Array {
    return this.#once("sequences", () => sha256(this.#gather(OUT_POINT_BYTES + 1, SEQUENCE_BYTES)));
  }

  /** SHA-256 of all outputs (BIP341). */
  get outputsSha(): Uint8Array {
    return this.#once("outputs", () => sha256(this.outputs));
  }

  /** BIP143 hashPrevouts. */
  get prevoutsHash(): Uint8Array {
    return this.#once("prevouts twice", () => sha256(this.prevoutsSha));
  }

  /** BIP143 hashSequence. */
  get sequencesHash(): Uint8Array {
    return this.#once("sequences twice", () => sha256(this.sequencesSha));
  }

  /** BIP143 hashOutputs for SIGHASH_ALL. */
  get outputsHash(): Uint8Array {
    return this.#once("outputs twice", () => sha256(this.outputsSha));
  }

  /** SHA-256 of one output, for SIGHASH_SINGLE: scripts with many signatures ask again and again. */
  outputSha(index: number): Uint8Array {
    return this.#once(`output ${index}`, () => {
      const writer = new ByteWriter();
      encodeOutput(writer, this.tx.outputs[index] as TxOutput);
      return sha256(writer.finish());
    });
  }

  /** BIP341's hashes over what the inputs spend: one output for each, in order. */
  spentHashes(spent: readonly TxOutput[]): SpentHashes {
    if (this.#spentHashes === undefined || this.#spent !== spent) {
      this.#spent = spent;
      this.#spentHashes = hashSpent(spent);
    }
    return this.#spentHashes;
  }

  #once(name: string, compute: () => Uint8Array): Uint8Array {
    const known = this.#hashes.get(name);
    if (known !== undefined) return known;
    const hash = compute();
    this.#hashes.set(name, hash);
    return hash;
  }

  #inputAt(index: number): number {
    return this.#inputsStart + index * BLANK_INPUT_BYTES;
  }

  /** The same field of every input, joined. */
  #gather(fieldOffset: number, fieldBytes: number): Uint8Array {
    const count = this.tx.inputs.length;
    const joined = new Uint8Array(count * fieldBytes);
    for (let i = 0; i < count; i++) {
      const at = this.#inputAt(i) + fieldOffset;
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

function hashSpent(spent: readonly TxOutput[]): SpentHashes {
  const amounts = new ByteWriter(spent.length * AMOUNT_BYTES);
  const scripts = new ByteWriter();
  for (const { value, scriptPubKey } of spent) {
    amounts.i64(value);
    scripts.varBytes(scriptPubKey);
  }
  return { amounts: sha256(amounts.finish()), scripts: sha256(scripts.finish()) };
}

function encodeBlank(tx: Transaction): Uint8Array {
  const writer = new ByteWriter(tx.strippedSize);
  writer.i32(tx.version).compactSize(tx.inputs.length);
  for (const input of tx.inputs) {
    encodeOutPoint(writer, input.prevout);
    writer.compactSize(0).u32(input.sequence);
  }
  writer.compactSize(tx.outputs.length);
  for (const output of tx.outputs) encodeOutput(writer, output);
  writer.u32(tx.lockTime);
  return writer.finish();
}
