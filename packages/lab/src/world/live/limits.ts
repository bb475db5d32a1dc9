/** Time that nodes may take to agree on a tip while the net is being set up. */
export const LIVE_AGREEMENT_MS = 30_000;
/** Port numbers that are tried for a net before giving up. */
export const MAX_PORT_TRIES = 20;
/** Hexadecimal digits of blocks whose details are remembered between the events of different nodes. */
export const MAX_KNOWN_BLOCKS = 20_000;
/** Processes that a scenario may ask for: each takes some 100 MB. */
export const MAX_LIVE_NODES = 64;
/** Blocks that are asked for, or published, in one call. */
export const BLOCKS_PER_CALL = 200;
/** A timer of Node that is longer fires at once. */
export const LONGEST_TIMER_MS = 2_147_483_647;
/** Where scenarios speak of blocks that are further apart, live time goes faster, so that one comes in `HURRIED_INTERVAL_MS`. */
export const PATIENT_INTERVAL_MS = 10_000;
export const HURRIED_INTERVAL_MS = 1_000;
/** Where nobody mines but in steps, only the times of the steps are waited for: an hour passes in a second. */
export const PACE_OF_STEPS = 3_600;
/** Steps at set times are so far apart on the machine's clock, unless the whole story then takes longer than `STORY_MS`. */
export const STEP_GAP_MS = 1_000;
export const STORY_MS = 60_000;
/** By the machine's clock, when nobody mines any more: blocks have arrived everywhere when nothing happens for so long. */
export const REST_MS = 2_000;
/** And this is how long that is waited for. */
export const LONGEST_REST_MS = 60_000;
/** However fast time goes, what nodes do takes its time: a scenario's time limit is no less, by the machine's clock. */
export const LEAST_TIME_LIMIT_MS = 300_000;
/** Coins of a wallet come in so many payments, so that its own need not wait for each other's change. */
export const OUTPUTS_PER_WALLET = 10n;
/** Less than this is not worth dividing. */
export const LEAST_OUTPUT = 100_000n;
/** A node that was started again has this long to find its peers. */
export const LIVE_START_MS = 20_000;
