import { concatBytes } from "@forkyard/core/bytes/bytes";
import { buildScript, readOp } from "@forkyard/core/script/codec";

/**
 * Takes the push of `signature` out of a script that is about to be signed, wherever it starts at an operation.
 * Outside segwit a signature can never cover itself, and this old removal is still a rule (Bitcoin Core `FindAndDelete`).
 * @returns the very same array when nothing was found
 */
export function withoutSignature(script: Uint8Array, signature: Uint8Array): Uint8Array {
  const push = buildScript([signature]);
  const kept: Uint8Array[] = [];
  let keepFrom = 0;
  let offset = 0;
  while (offset < script.length) {
    if (startsWith(script, offset, push)) {
      kept.push(script.subarray(keepFrom, offset));
      offset += push.length;
      keepFrom = offset;
      continue;
    }
    const op = readOp(script, offset);
    if (op === "bad-push") break;
    offset = op.end;
  }
  return keepFrom === 0 ? script : concatBytes(...kept, script.subarray(keepFrom));
}

function startsWith(script: Uint8Array, offset: number, part: Uint8Array): boolean {
  if (script.length - offset < part.length) return false;
  for (let i = 0; i < part.length; i++) if (script[offset + i] !== part[i]) return false;
  return true;
}
