import { isHex } from "@forkyard/core/bytes/bytes";
import { DecodeError } from "@forkyard/core/errors";
import { Transaction } from "@forkyard/core/tx";
import { DESERIALIZATION_ERROR, RpcError } from "../errors.ts";

/** Decodes what a caller sent in hexadecimal. @throws RpcError -22 with `refusal` when it is not that */
export function decodeHex<T>(hex: string, decode: (bytes: Uint8Array) => T, refusal: string): T {
  if (!isHex(hex) || hex.length === 0) throw new RpcError(DESERIALIZATION_ERROR, refusal);
  try {
    return decode(bytesOf(hex));
  } catch (error) {
    if (error instanceof DecodeError) throw new RpcError(DESERIALIZATION_ERROR, refusal);
    throw error;
  }
}

/** Node's own decoder: a block is a megabyte of digits. A plain view, for a Buffer's `slice` does not copy. */
function bytesOf(hex: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.from(hex, "hex");
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const TX_REFUSAL = "TX decode failed. Make sure the tx has at least one input.";

/** @throws RpcError -22, also for a transaction without inputs */
export function decodeTxHex(hex: string, refusal: string = TX_REFUSAL): Transaction {
  const tx = decodeHex(hex, (bytes) => Transaction.fromBytes(bytes), refusal);
  if (tx.inputs.length === 0) throw new RpcError(DESERIALIZATION_ERROR, refusal);
  return tx;
}
