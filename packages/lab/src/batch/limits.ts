/** Threads of a batch. */
export const MAX_BATCH_THREADS = 64;
/** Runs of a batch, all of whose results are kept until it ends. */
export const MAX_BATCH_RUNS = 10_000;
