import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter, compactSizeLength } from "@forkyard/core/bytes/writer";
import { HEADER_BYTES } from "@forkyard/core/limits";
import { decodeOutput, encodeOutput, Transaction, type TxOutput } from "@forkyard/core/tx";
import type { ScriptJob, TransactionScripts } from "../script-runner.ts";

/** Words of the first part, changed by all threads through Atomics. */
const NEXT_CHUNK = 0;
const CHUNKS_DONE = 1;
const LOWEST_FAILURE = 2;
/** Words that are written once, before any thread sees the memory. */
const INPUT_COUNT = 3;
const TX_COUNT = 4;
const CHUNK_INPUTS = 5;
const HEAD_WORDS = 6;
/** For each transaction: first input's number, flags, where its bytes and its spent outputs begin and end. */
const TX_WORDS = 6;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
/** No input has this number. */
const NO_FAILURE = 0x7fffffff;
/** Lower than every input's number. */
const GIVEN_UP = -1;

/** Inputs `from` up to but not including `to`, numbered through the whole job. */
export interface Chunk {
  from: number;
  readonly to: number;
}

/** Bytes that {@link SharedJob.write} needs. */
export function sharedJobBytes(job: ScriptJob, spent: Uint8Array): number {
  return (HEAD_WORDS + job.scripts.length * TX_WORDS) * WORD_BYTES + job.bytes.length + spent.length;
}

/** The spent outputs of all transactions one after the other, as in transactions. */
export function encodeSpent(scripts: readonly TransactionScripts[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { spent } of scripts) for (const output of spent) encodeOutput(writer, output);
  return writer.finish();
}

/**
 * A job in memory that threads share: who claims a chunk runs it, and the lowest input that failed is what counts. A
 * chunk above a known failure is done without being run; chunks are claimed in order, so that every input below the
 * lowest failure was run by somebody when all are done.
 */
export class SharedJob {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, Math.floor(memory.byteLength / WORD_BYTES));
    this.#bytes = new Uint8Array(memory);
  }

  /** @param memory no other thread may be using it */
  static write(memory: SharedArrayBuffer, job: ScriptJob, spent: Uint8Array, chunkInputs: number): SharedJob {
    const shared = new SharedJob(memory);
    shared.#write(job, spent, chunkInputs);
    return shared;
  }

  get chunks(): number {
    return Math.ceil(this.#word(INPUT_COUNT) / this.#word(CHUNK_INPUTS));
  }

  /** Number of the first failing input as far as is known; undefined when none failed yet. */
  get lowestFailure(): number | undefined {
    const lowest = Atomics.load(this.#words, LOWEST_FAILURE);
    return lowest === NO_FAILURE ? undefined : lowest;
  }

  /** True when every chunk is done. */
  get joined(): boolean {
    return Atomics.load(this.#words, CHUNKS_DONE) >= this.chunks;
  }

  /** True when the input is of no more interest: an earlier one failed. */
  isDecided(input: number): boolean {
    return input > Atomics.load(this.#words, LOWEST_FAILURE);
  }

  /** The next chunk that nobody has; undefined when there is none left. */
  claim(): Chunk | undefined {
    const from = Atomics.add(this.#words, NEXT_CHUNK, 1) * this.#word(CHUNK_INPUTS);
    const count = this.#word(INPUT_COUNT);
    return from >= count ? undefined : { from, to: Math.min(count, from + this.#word(CHUNK_INPUTS)) };
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
    const tx = Transaction.fromBytes(this.#copy(this.#txWord(position, 2), this.#txWord(position, 3)));
    const reader = new ByteReader(this.#copy(this.#txWord(position, 4), this.#txWord(position, 5)));
    const spent: TxOutput[] = [];
    for (let i = 0; i < tx.inputs.length; i++) spent.push(decodeOutput(reader));
    return { tx, spent, flags: this.#txWord(position, 1) };
  }

  #write({ block, bytes, scripts }: ScriptJob, spent: Uint8Array, chunkInputs: number): void {
    const bytesAt = (HEAD_WORDS + scripts.length * TX_WORDS) * WORD_BYTES;
    const spentAt = bytesAt + bytes.length;
    this.#bytes.set(bytes, bytesAt);
    this.#bytes.set(spent, spentAt);
    let position = 0;
    let input = 0;
    let txAt = bytesAt + HEADER_BYTES + compactSizeLength(block.txs.length);
    let outputsAt = spentAt;
    for (const tx of block.txs) {
      const txEnd = txAt + tx.totalSize;
      const transaction = scripts[position];
      if (transaction?.tx === tx) {
        const outputsEnd = outputsAt + outputBytes(transaction.spent);
        const row = [input, transaction.flags, txAt, txEnd, outputsAt, outputsEnd];
        this.#words.set(row, HEAD_WORDS + position * TX_WORDS);
        position += 1;
        input += tx.inputs.length;
        outputsAt = outputsEnd;
      }
      txAt = txEnd;
    }
    this.#words.set([0, 0, NO_FAILURE, input, position, chunkInputs]);
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

function outputBytes(outputs: readonly TxOutput[]): number {
  let length = 0;
  for (const { scriptPubKey } of outputs) length += 8 + compactSizeLength(scriptPubKey.length) + scriptPubKey.length;
  return length;
}
