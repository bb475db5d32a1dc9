/** Numbers that bound what a node holds and does. */

/** Longest line that a node prints about untrusted text. */
export const MAX_NAME_CHARACTERS = 40;
/** Bodies of blocks this far below the tip, with less work, are not stored when nobody asked for them. */
export const MAX_UNREQUESTED_DEPTH_BLOCKS = 288;
/** Events kept for readers that were away. */
export const MAX_EVENTS_KEPT = 10_000;
/** Blocks that one call may mine. */
export const MAX_BLOCKS_PER_CALL = 10_000;
/** Withheld branches a node keeps at once. */
export const MAX_BRANCHES = 16;
/** Blocks in one withheld branch, overtaking included. */
export const MAX_BRANCH_BLOCKS = 5_000;
/** How long a template may be mined on before its time and transactions are renewed. */
export const TEMPLATE_MAX_AGE_MS = 5_000;
/** Least time between two renewals of a template because the mempool changed. */
export const TEMPLATE_MIN_AGE_MS = 500;
/** A node that was told to stop ends its process after this long even if something hangs. */
export const SHUTDOWN_LIMIT_MS = 10_000;
/** Peers named in one order to cut links. */
export const MAX_BLOCKED_PEERS = 1_000;
/** Wallets that one node hosts. */
export const MAX_WALLETS = 100;
