/** Threads of a sweep. */
export const MAX_SWEEP_THREADS = 64;
