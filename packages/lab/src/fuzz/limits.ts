/** Threads of one fuzz run. */
export const MAX_FUZZ_THREADS = 64;
/** Worlds of one fuzz run. */
export const MAX_FUZZ_WORLDS = 1_000_000_000;
export const MAX_FUZZ_NODES = 50;
/** Broken worlds after which a run ends: more of them say little more. */
export const MAX_FUZZ_FAILURES = 10;
/** Worlds that are tried to make one failing world smaller. */
export const MAX_SHRINK_RUNS = 600;
/** One world in so many is run twice, and the traces compared. */
export const WORLDS_PER_REPEAT = 100;
/** One world in so many has its blocks given to an empty chain in other orders, so many times. */
export const WORLDS_PER_REORDER = 10;
export const REORDERS = 2;
/** A world that takes longer than this, a thousand times the usual, goes round in circles. */
export const MAX_WORLD_MS = 120_000;
