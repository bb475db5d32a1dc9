import { ByteReader } from "./bytes/reader.ts";
import { ByteWriter, compactSizeLength } from "./bytes/writer.ts";
import { DecodeError } from "./errors.ts";
import { hash256, hashToBytes, hashToString, type Txid, type Wtxid, ZERO_HASH } from "./hash.ts";
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
const MIN_INPUT_BYTES = 41;
const MIN_OUTPUT_BYTES = 9;
const SEGWIT_MARKER = 0;
const SEGWIT_FLAG = 1;

/** A transaction, immutable; its hashes and sizes are worked out once, when first asked for. */
export class Transaction implements TransactionFields {
  readonly version: number;
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
  readonly lockTime: number;
  #txid: Txid | undefined;
  #wtxid: Wtxid | undefined;
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

  /** Decodes the transaction at the reader's position, with or without witnesses (BIP144). @throws DecodeError */
  static decode(reader: ByteReader): Transaction {
    const version = reader.i32();
    const segwit = decodeSegwitMarker(reader);
    const inputs = decodeInputs(reader);
    const outputs = decodeOutputs(reader);
    const witnesses = segwit ? decodeWitnesses(reader, inputs.length) : undefined;
    const lockTime = reader.u32();
    return new Transaction({
      version,
      inputs: witnesses === undefined ? inputs : inputs.map((input, i) => ({ ...input, witness: witnesses[i] ?? [] })),
      outputs,
      lockTime,
    });
  }

  get txid(): Txid {
    this.#txid ??= hashToString<Txid>(hash256(this.encode({ witness: false })));
    return this.#txid;
  }

  get wtxid(): Wtxid {
    this.#wtxid ??= this.hasWitness ? hashToString<Wtxid>(hash256(this.encode())) : (this.txid as string as Wtxid);
    return this.#wtxid;
  }

  get hasWitness(): boolean {
    return this.inputs.some((input) => input.witness.length > 0);
  }

  /** True for the transaction that creates coins: one input with the null outpoint. */
  get isCoinbase(): boolean {
    const first = this.inputs[0];
    return this.inputs.length === 1 && first !== undefined && isNullOutPoint(first.prevout);
  }

  /** Bytes without witnesses. */
  get strippedSize(): number {
    this.#strippedSize ??= strippedSizeOf(this);
    return this.#strippedSize;
  }

  /** Bytes with witnesses. */
  get totalSize(): number {
    this.#totalSize ??= this.strippedSize + witnessSizeOf(this);
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

  /** Serialized bytes; `witness: false` leaves the witnesses out. */
  encode(options: { witness: boolean } = { witness: true }): Uint8Array {
    const writer = new ByteWriter(options.witness ? this.totalSize : this.strippedSize);
    this.encodeTo(writer, options);
    return writer.finish();
  }

  encodeTo(writer: ByteWriter, options: { witness: boolean } = { witness: true }): void {
    const segwit = options.witness && this.hasWitness;
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
  writer.bytes(hashToBytes(outPoint.txid)).u32(outPoint.vout);
}

export function decodeOutPoint(reader: ByteReader): OutPoint {
  return { txid: hashToString<Txid>(reader.view(32)), vout: reader.u32() };
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

function decodeInputs(reader: ByteReader): TxInput[] {
  const count = reader.compactSize(Math.floor(reader.remaining / MIN_INPUT_BYTES));
  const inputs: TxInput[] = [];
  for (let i = 0; i < count; i++) {
    inputs.push({
      prevout: decodeOutPoint(reader),
      scriptSig: reader.varBytes(),
      sequence: reader.u32(),
      witness: [],
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
function decodeWitnesses(reader: ByteReader, inputCount: number): Uint8Array[][] {
  const at = reader.offset;
  const witnesses: Uint8Array[][] = [];
  for (let i = 0; i < inputCount; i++) {
    const itemCount = reader.compactSize(reader.remaining);
    const items: Uint8Array[] = [];
    for (let j = 0; j < itemCount; j++) items.push(reader.varBytes());
    witnesses.push(items);
  }
  if (witnesses.every((items) => items.length === 0)) throw new DecodeError("superfluous witness record", at);
  return witnesses;
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
