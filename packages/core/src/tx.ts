import { ByteReader } from "./bytes/reader.ts";
import { ByteWriter, compactSizeLength } from "./bytes/writer.ts";
import { DecodeError } from "./errors.ts";
import { hash256, hashToString, type Txid, type Wtxid, ZERO_HASH } from "./hash.ts";
import { WITNESS_SCALE_FACTOR } from "./limits.ts";

/** Names one output of an earlier transaction. */
export interface OutPoint {
  readonly txid: Txid;
  /** Output index, unsigned 32-bit; 0xffffffff in the null outpoint. */
  readonly vout: number;
}

export interface TxInput {
  readonly prevout: OutPoint;
  readonly scriptSig: Uint8Array;
  /** Unsigned 32-bit. */
  readonly sequence: number;
  /** Witness stack, bottom first; empty when the input has none. */
  readonly witness: readonly Uint8Array[];
}

export interface TxOutput {
  /** Satoshis as a signed 64-bit number: what is on the wire, not yet known to be in range. */
  readonly value: bigint;
  readonly scriptPubKey: Uint8Array;
}

export interface TransactionFields {
  /** Signed 32-bit, as serialized. */
  readonly version: number;
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
  /** Unsigned 32-bit: a height below 500,000,000, else seconds since 1970. */
  readonly lockTime: number;
}

/** Index in the null outpoint of a coinbase. */
export const NULL_VOUT = 0xffffffff;
/** Sequence of an input that uses no lock time, replacement or relative lock. */
export const SEQUENCE_FINAL = 0xffffffff;

/** One input is at least outpoint, empty script and sequence; one output at least value and empty script. */
const HASH_BYTES = 32;
const MIN_INPUT_BYTES = 41;
const MIN_OUTPUT_BYTES = 9;
const SEGWIT_MARKER = 0;
const SEGWIT_FLAG = 1;
const SEGWIT_MARKER_BYTES = 2;
/** Of the lock time and of the version. */
const LOCK_TIME_BYTES = 4;
const SCRATCH_BYTES = 1_024;
/** Shared by all inputs without a witness. */
const NO_WITNESS: readonly Uint8Array[] = [];

/** The bytes that a transaction was decoded from: whoever asks for its hashes or its size need not encode it again. */
interface Serialized {
  readonly bytes: Uint8Array;
  /** Where the witnesses start; undefined when there are none, and no marker and flag. */
  readonly witnessStart: number | undefined;
}

/** A transaction, immutable; its hashes and sizes are worked out once, when first asked for. */
export class Transaction implements TransactionFields {
  readonly version: number;
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
  readonly lockTime: number;
  #serialized: Serialized | undefined;
  #txid: Txid | undefined;
  #wtxid: Wtxid | undefined;
  #txidBytes: Uint8Array | undefined;
  #wtxidBytes: Uint8Array | undefined;
  #hasWitness: boolean | undefined;
  #strippedSize: number | undefined;
  #totalSize: number | undefined;

  constructor(fields: TransactionFields) {
    this.version = fields.version;
    this.inputs = fields.inputs;
    this.outputs = fields.outputs;
    this.lockTime = fields.lockTime;
  }

  /** Decodes a whole transaction. @throws DecodeError */
  static fromBytes(bytes: Uint8Array): Transaction {
    const reader = new ByteReader(bytes);
    const tx = Transaction.decode(reader);
    reader.end();
    return tx;
  }

  /**
   * Decodes the transaction at the reader's position, with or without witnesses (BIP144). It stays tied to the reader's
   * bytes: its scripts are views on them. @throws DecodeError
   */
  static decode(reader: ByteReader): Transaction {
    const start = reader.offset;
    const version = reader.i32();
    const segwit = decodeSegwitMarker(reader);
    const inputs = decodeInputs(reader);
    const outputs = decodeOutputs(reader);
    const witnessStart = segwit ? reader.offset - start : undefined;
    if (segwit) decodeWitnesses(reader, inputs);
    const lockTime = reader.u32();
    const tx = new Transaction({ version, inputs, outputs, lockTime });
    tx.#serialized = { bytes: reader.bytes.subarray(start, reader.offset), witnessStart };
    tx.#hasWitness = segwit;
    return tx;
  }

  get txid(): Txid {
    this.#txid ??= hashToString<Txid>(this.txidBytes);
    return this.#txid;
  }

  /** The txid in hashing order. */
  get txidBytes(): Uint8Array {
    this.#txidBytes ??= hash256(this.#strippedBytes(scratchOf(this.strippedSize)));
    return this.#txidBytes;
  }

  get wtxid(): Wtxid {
    this.#wtxid ??= this.hasWitness ? hashToString<Wtxid>(this.wtxidBytes) : (this.txid as string as Wtxid);
    return this.#wtxid;
  }

  /** The wtxid in hashing order. */
  get wtxidBytes(): Uint8Array {
    if (!this.hasWitness) return this.txidBytes;
    this.#wtxidBytes ??= hash256(this.#serialized?.bytes ?? this.encode());
    return this.#wtxidBytes;
  }

  get hasWitness(): boolean {
    this.#hasWitness ??= this.inputs.some((input) => input.witness.length > 0);
    return this.#hasWitness;
  }

  /** True for the transaction that creates coins: one input with the null outpoint. */
  get isCoinbase(): boolean {
    const first = this.inputs[0];
    return this.inputs.length === 1 && first !== undefined && isNullOutPoint(first.prevout);
  }

  /** Bytes without witnesses. */
  get strippedSize(): number {
    this.#strippedSize ??=
      this.#serialized === undefined ? strippedSizeOf(this) : strippedSizeOfSerialized(this.#serialized);
    return this.#strippedSize;
  }

  /** Bytes with witnesses. */
  get totalSize(): number {
    this.#totalSize ??= this.#serialized?.bytes.length ?? this.strippedSize + witnessSizeOf(this);
    return this.#totalSize;
  }

  /** BIP141 weight units. */
  get weight(): number {
    return this.strippedSize * (WITNESS_SCALE_FACTOR - 1) + this.totalSize;
  }

  /** BIP141 virtual bytes, the unit of fee rates. */
  get virtualSize(): number {
    return Math.ceil(this.weight / WITNESS_SCALE_FACTOR);
  }

  /** Serialized bytes, an array of their own; `witness: false` leaves the witnesses out. */
  encode(options: { witness: boolean } = { witness: true }): Uint8Array {
    const writer = new ByteWriter(options.witness ? this.totalSize : this.strippedSize);
    this.encodeTo(writer, options);
    return writer.finish();
  }

  encodeTo(writer: ByteWriter, options: { witness: boolean } = { witness: true }): void {
    const segwit = options.witness && this.hasWitness;
    if (this.#serialized !== undefined) {
      writer.bytes(segwit ? this.#serialized.bytes : this.#strippedBytes(new Uint8Array(this.strippedSize)));
      return;
    }
    writer.i32(this.version);
    if (segwit) writer.u8(SEGWIT_MARKER).u8(SEGWIT_FLAG);
    writer.compactSize(this.inputs.length);
    for (const input of this.inputs) {
      encodeOutPoint(writer, input.prevout);
      writer.varBytes(input.scriptSig).u32(input.sequence);
    }
    writer.compactSize(this.outputs.length);
    for (const output of this.outputs) encodeOutput(writer, output);
    if (segwit) for (const input of this.inputs) encodeWitness(writer, input.witness);
    writer.u32(this.lockTime);
  }

  /**
   * The bytes without witnesses: what was decoded where that has none, else put together in `room`, which has the
   * stripped size.
   */
  #strippedBytes(room: Uint8Array): Uint8Array {
    if (this.#serialized === undefined) return this.encode({ witness: false });
    const { bytes, witnessStart } = this.#serialized;
    if (witnessStart === undefined) return bytes;
    room.set(bytes.subarray(SEGWIT_MARKER_BYTES, witnessStart), 0);
    const lockTimeFrom = bytes.length - LOCK_TIME_BYTES;
    for (let i = 0; i < LOCK_TIME_BYTES; i++) {
      // The version stands before marker and flag: two of its bytes and those two are what was just copied in its place.
      room[i] = bytes[i] as number;
      room[room.length - LOCK_TIME_BYTES + i] = bytes[lockTimeFrom + i] as number;
    }
    return room;
  }
}

/** Bytes to be hashed and forgotten: memory of their own for each transaction would cost more than hashing them. */
const scratch: Uint8Array = new Uint8Array(SCRATCH_BYTES);

function scratchOf(length: number): Uint8Array {
  return length <= SCRATCH_BYTES ? scratch.subarray(0, length) : new Uint8Array(length);
}

/** Map key of an outpoint. */
export function outPointKey(outPoint: OutPoint): string {
  return `${outPoint.txid}:${outPoint.vout}`;
}

export function isNullOutPoint(outPoint: OutPoint): boolean {
  return outPoint.vout === NULL_VOUT && outPoint.txid === ZERO_HASH;
}

/** 36 bytes: txid in hashing order, index. */
export function encodeOutPoint(writer: ByteWriter, outPoint: OutPoint): void {
  writer.reversedHex(outPoint.txid).u32(outPoint.vout);
}

export function decodeOutPoint(reader: ByteReader): OutPoint {
  return { txid: reader.reversedHex(HASH_BYTES) as Txid, vout: reader.u32() };
}

/** Value and script, as in transactions and in the preimages of signature hashes. */
export function encodeOutput(writer: ByteWriter, output: TxOutput): void {
  writer.i64(output.value).varBytes(output.scriptPubKey);
}

export function decodeOutput(reader: ByteReader): TxOutput {
  return { value: reader.i64(), scriptPubKey: reader.varBytes() };
}

function encodeWitness(writer: ByteWriter, witness: readonly Uint8Array[]): void {
  writer.compactSize(witness.length);
  for (const item of witness) writer.varBytes(item);
}

/** Reads the BIP144 marker and flag when they are there; "no inputs" with any other flag is nothing Bitcoin knows. */
function decodeSegwitMarker(reader: ByteReader): boolean {
  const flag = reader.peek(1);
  if (reader.peek() !== SEGWIT_MARKER || flag === undefined || flag === 0) return false;
  if (flag !== SEGWIT_FLAG) throw new DecodeError("unknown transaction optional data", reader.offset + 1);
  reader.view(2);
  return true;
}

/** An input whose witness comes later in the bytes than the rest of it. */
type DecodedInput = TxInput & { witness: readonly Uint8Array[] };

function decodeInputs(reader: ByteReader): DecodedInput[] {
  const count = reader.compactSize(Math.floor(reader.remaining / MIN_INPUT_BYTES));
  const inputs: DecodedInput[] = [];
  for (let i = 0; i < count; i++) {
    inputs.push({
      prevout: decodeOutPoint(reader),
      scriptSig: reader.varBytes(),
      sequence: reader.u32(),
      witness: NO_WITNESS,
    });
  }
  return inputs;
}

function decodeOutputs(reader: ByteReader): TxOutput[] {
  const count = reader.compactSize(Math.floor(reader.remaining / MIN_OUTPUT_BYTES));
  const outputs: TxOutput[] = [];
  for (let i = 0; i < count; i++) outputs.push(decodeOutput(reader));
  return outputs;
}

/** One stack for each input; all of them empty is refused, as the marker was then superfluous (Bitcoin Core). */
function decodeWitnesses(reader: ByteReader, inputs: readonly DecodedInput[]): void {
  const at = reader.offset;
  let superfluous = true;
  for (const input of inputs) {
    const itemCount = reader.compactSize(reader.remaining);
    if (itemCount === 0) continue;
    const items: Uint8Array[] = [];
    for (let i = 0; i < itemCount; i++) items.push(reader.varBytes());
    input.witness = items;
    superfluous = false;
  }
  if (superfluous) throw new DecodeError("superfluous witness record", at);
}

/** Without marker, flag and witnesses. */
function strippedSizeOfSerialized({ bytes, witnessStart }: Serialized): number {
  return witnessStart === undefined ? bytes.length : witnessStart - SEGWIT_MARKER_BYTES + LOCK_TIME_BYTES;
}

function strippedSizeOf(tx: TransactionFields): number {
  let size = 8 + compactSizeLength(tx.inputs.length) + compactSizeLength(tx.outputs.length);
  for (const { scriptSig } of tx.inputs) size += 40 + compactSizeLength(scriptSig.length) + scriptSig.length;
  for (const { scriptPubKey } of tx.outputs) size += 8 + compactSizeLength(scriptPubKey.length) + scriptPubKey.length;
  return size;
}

/** Bytes that witnesses add: marker, flag and stacks; 0 when no input has one. */
function witnessSizeOf(tx: Transaction): number {
  if (!tx.hasWitness) return 0;
  let size = 2;
  for (const { witness } of tx.inputs) {
    size += compactSizeLength(witness.length);
    for (const item of witness) size += compactSizeLength(item.length) + item.length;
  }
  return size;
}
