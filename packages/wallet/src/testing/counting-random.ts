import { sha256 } from "@forkyard/core/hash";
import type { Random } from "@forkyard/core/ports/random";

/** Bytes that look random and are the same in every run; never the same twice within one. */
export function countingRandom(): Random {
  let count = 0;
  const block = (): Uint8Array => sha256(new TextEncoder().encode(`random ${count++}`));
  return {
    bytes(length: number): Uint8Array {
      const blocks = Array.from({ length: Math.ceil(length / 32) }, block);
      return Uint8Array.from(blocks.flatMap((each) => [...each])).slice(0, length);
    },
  };
}
