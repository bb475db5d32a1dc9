import { randomBytes } from "node:crypto";
import type { Random } from "@forkyard/core/ports/random";

/** Random bytes of the operating system. */
export const systemRandom: Random = {
  bytes: (length: number): Uint8Array => new Uint8Array(randomBytes(length)),
};
