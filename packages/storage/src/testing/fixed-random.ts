import type { Random } from "@forkyard/core/ports/random";

/** The same bytes each time: tests need a key, not a secret. */
export const fixedRandom: Random = { bytes: (length) => new Uint8Array(length).fill(7) };
