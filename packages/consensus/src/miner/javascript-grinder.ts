import { assertNonceRange, type Grinder, type GrindResult } from "./grinder.ts";
import { HeaderWork } from "./header-work.ts";

/** Works wherever JavaScript does; a sixth to an eighth of the SIMD kernel's speed. */
export const javascriptGrinder: Grinder = {
  name: "javascript",
  grind(header: Uint8Array, target: bigint, startNonce: number, count: number): GrindResult {
    assertNonceRange(startNonce, count);
    const work = new HeaderWork(header, target);
    for (let i = 0; i < count; i++) {
      if (work.meetsTarget(startNonce + i)) return { nonce: startNonce + i, hashes: i + 1 };
    }
    return { nonce: undefined, hashes: count };
  },
};
