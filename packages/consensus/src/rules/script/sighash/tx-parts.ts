import { ByteWriter, compactSizeLength } from "@forkyard/core/bytes/writer";
import { hash256 } from "@forkyard/core/hash";
import { encodeOutPoint, encodeOutput, type Transaction } from "@forkyard/core/tx";

const VERSION_BYTES = 4;
const LOCK_TIME_BYTES = 4;
const OUT_POINT_BYTES = 36;
const SEQUENCE_BYTES = 4;
/** Outpoint, empty script, sequence. */
export const BLANK_INPUT_BYTES: number = OUT_POINT_BYTES + 1 + SEQUENCE_BYTES;

/**
 * What the signature hashes of all inputs of one transaction share: the transaction serialized with empty scripts,
 * from which the legacy hash copies, and the three hashes of BIP143, each worked out when first asked for.
 */
export class TxParts {
  readonly tx: Transaction;
  readonly #blank: Uint8Array;
  readonly #inputsStart: number;
  readonly #outputsStart: number;
  #prevoutsHash: Uint8Array | undefined;
  #sequencesHash: Uint8Array | undefined;
  #outputsHash: Uint8Array | undefined;

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

  /** BIP143 hashPrevouts. */
  get prevoutsHash(): Uint8Array {
    this.#prevoutsHash ??= hash256(this.#gather(0, OUT_POINT_BYTES));
    return this.#prevoutsHash;
  }

  /** BIP143 hashSequence. */
  get sequencesHash(): Uint8Array {
    this.#sequencesHash ??= hash256(this.#gather(OUT_POINT_BYTES + 1, SEQUENCE_BYTES));
    return this.#sequencesHash;
  }

  /** BIP143 hashOutputs for SIGHASH_ALL. */
  get outputsHash(): Uint8Array {
    this.#outputsHash ??= hash256(this.outputs);
    return this.#outputsHash;
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
