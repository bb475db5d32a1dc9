import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { decodeOutput, encodeOutput, Transaction, type TxOutput } from "@forkyard/core/tx";
import type { TransactionScripts } from "../script-runner.ts";

/** Words of the first part, changed by all threads through Atomics. */
const NEXT_CHUNK = 0;
const CHUNKS_DONE = 1;
const LOWEST_FAILURE = 2;
/** Words that are written once, before any other thread sees the memory. */
const INPUT_COUNT = 3;
const TX_COUNT = 4;
const CHUNK_INPUTS = 5;
const HEAD_WORDS = 6;
/** For each transaction: first input's number, flags, where its bytes begin and end; its spent outputs begin there. */
const TX_WORDS = 4;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
/** Amount and length in front of a script, at most. */
const MAX_OUTPUT_OVERHEAD_BYTES = 17;
/** No input has this number. */
const NO_FAILURE = 0x7fffffff;
/** Lower than every input's number. */
const GIVEN_UP = -1;

/** Inputs `from` up to but not including `to`, numbered through the whole part. */
export interface Chunk {
  from: number;
  readonly to: number;
}

/**
 * Scripts of some transactions of a block in memory that threads share: who claims a chunk runs it, and the lowest
 * input that failed is what counts. A chunk above a known failure is done without being run; chunks are claimed in
 * order, so that every input below the lowest failure was run by somebody when all are done.
 */
export class SharedPart {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, Math.floor(memory.byteLength / WORD_BYTES));
    this.#bytes = new Uint8Array(memory);
  }

  static of(scripts: readonly TransactionScripts[], chunkInputs: number): SharedPart {
    const tableBytes = (HEAD_WORDS + scripts.length * TX_WORDS) * WORD_BYTES;
    const rows: number[] = [];
    const writer = new ByteWriter(scripts.reduce((sum, transaction) => sum + maxBytes(transaction), 0));
    let input = 0;
    for (const { tx, spent, flags } of scripts) {
      const start = tableBytes + writer.length;
      tx.encodeTo(writer);
      rows.push(input, flags, start, tableBytes + writer.length);
      for (const output of spent) encodeOutput(writer, output);
      input += tx.inputs.length;
    }
    const bytes = writer.finish();
    const part = new SharedPart(new SharedArrayBuffer(tableBytes + bytes.length));
    part.#bytes.set(bytes, tableBytes);
    part.#words.set([0, 0, NO_FAILURE, input, scripts.length, chunkInputs, ...rows]);
    return part;
  }

  /** Number of the first failing input as far as is known; undefined when none failed yet. */
  get lowestFailure(): number | undefined {
    const lowest = Atomics.load(this.#words, LOWEST_FAILURE);
    return lowest === NO_FAILURE ? undefined : lowest;
  }

  /** True when every chunk is done. */
  get joined(): boolean {
    return Atomics.load(this.#words, CHUNKS_DONE) >= Math.ceil(this.#word(INPUT_COUNT) / this.#word(CHUNK_INPUTS));
  }

  /** True when the input is of no more interest: an earlier one failed. */
  isDecided(input: number): boolean {
    return input > Atomics.load(this.#words, LOWEST_FAILURE);
  }

  /** The next chunk that nobody has; undefined when there is none left. */
  claim(): Chunk | undefined {
    const chunkInputs = this.#word(CHUNK_INPUTS);
    const from = Atomics.add(this.#words, NEXT_CHUNK, 1) * chunkInputs;
    const count = this.#word(INPUT_COUNT);
    return from >= count ? undefined : { from, to: Math.min(count, from + chunkInputs) };
  }

  chunkDone(): void {
    Atomics.add(this.#words, CHUNKS_DONE, 1);
  }

  failed(input: number): void {
    let lowest = Atomics.load(this.#words, LOWEST_FAILURE);
    while (input < lowest) {
      const seen = Atomics.compareExchange(this.#words, LOWEST_FAILURE, lowest, input);
      if (seen === lowest) return;
      lowest = seen;
    }
  }

  /** Nothing more is run. */
  giveUp(): void {
    Atomics.store(this.#words, LOWEST_FAILURE, GIVEN_UP);
  }

  /** Position of the transaction that an input belongs to, and the input's index in it. */
  locate(input: number): { readonly position: number; readonly inputIndex: number } {
    let low = 0;
    let high = this.#word(TX_COUNT) - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#txWord(middle, 0) <= input) low = middle;
      else high = middle - 1;
    }
    return { position: low, inputIndex: input - this.#txWord(low, 0) };
  }

  /** A transaction read from the shared bytes. Copied: libraries in native code take no shared memory. */
  transaction(position: number): TransactionScripts {
    const start = this.#txWord(position, 2);
    const spentAt = this.#txWord(position, 3) - start;
    const isLast = position + 1 === this.#word(TX_COUNT);
    const bytes = this.#copy(start, isLast ? this.#bytes.length : this.#txWord(position + 1, 2));
    const tx = Transaction.fromBytes(bytes.subarray(0, spentAt));
    const reader = new ByteReader(bytes.subarray(spentAt));
    const spent: TxOutput[] = [];
    for (let i = 0; i < tx.inputs.length; i++) spent.push(decodeOutput(reader));
    return { tx, spent, flags: this.#txWord(position, 1) };
  }

  #word(at: number): number {
    return this.#words[at] as number;
  }

  #txWord(position: number, word: number): number {
    return this.#words[HEAD_WORDS + position * TX_WORDS + word] as number;
  }

  #copy(from: number, to: number): Uint8Array {
    const copy = new Uint8Array(to - from);
    copy.set(this.#bytes.subarray(from, to));
    return copy;
  }
}

function maxBytes({ tx, spent }: TransactionScripts): number {
  return spent.reduce((sum, { scriptPubKey }) => sum + MAX_OUTPUT_OVERHEAD_BYTES + scriptPubKey.length, tx.totalSize);
}
