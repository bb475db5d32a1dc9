/** Bounds of everything here that loops or fills memory; units in the names. */

/** Confirmations that a question may name. */
export const MAX_CONFIRMATIONS = 1_000_000;
/** Confirmations that a search for the least safe number tries. */
export const MAX_SEARCHED_CONFIRMATIONS = 10_000_000;
/** Runs of one simulation; counts stay exact integers. */
export const MAX_RUNS = 1_000_000_000_000;
/** Runs that share one random stream, and that a worker does at a time. Another value gives other results. */
export const CHUNK_RUNS = 16_384;
/** Chunks that a worker has in hand or in its queue, so that it never waits for the next. */
export const CHUNKS_IN_FLIGHT = 2;
/** Threads of one simulation. */
export const MAX_WORKERS = 256;
/**
 * A race whose chance to be won has fallen to this is given up as lost. The simulated probability is too low by at most
 * this much.
 */
export const HOPELESS_PROBABILITY = 1e-9;
/** A race that nobody has won after so many blocks is undecided. It takes a share of hash power very close to one half. */
export const MAX_RACE_BLOCKS = 1_000_000_000;
/** Expected attacker blocks of Nakamoto's Poisson progress: the table of its distribution grows with the square root. */
export const MAX_POISSON_MEAN = 10_000_000;
/** Longest jump of a race is 2^this − 1 blocks. */
export const MAX_JUMP_BITS = 12;
/** Blocks after which both branches of the solved withholding game end; states grow with the square. */
export const MAX_FORK_BLOCKS = 400;
/** Fork length that is enough for five digits up to a share of 0.45. */
export const DEFAULT_FORK_BLOCKS = 95;
/** Passes over all states that the solver may take before it gives up. */
export const MAX_SWEEPS = 200_000;
/** Improvements of the revenue guess; each doubles the digits, a handful is needed. */
export const MAX_REVENUE_STEPS = 60;
/** Stakeholders of a lottery. */
export const MAX_STAKEHOLDERS = 10_000;
