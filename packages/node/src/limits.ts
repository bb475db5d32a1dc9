/** Numbers that bound what a node holds and does. */

/** Longest line that a node prints about untrusted text. */
export const MAX_NAME_CHARACTERS = 40;
/** Blocks that one call may mine. */
export const MAX_BLOCKS_PER_CALL = 10_000;
/** Withheld branches a node keeps at once; the oldest goes first. */
export const MAX_BRANCHES = 16;
/** Blocks in one withheld branch, overtaking included. */
export const MAX_BRANCH_BLOCKS = 5_000;
/** How long a template may be mined on before its time and transactions are renewed. */
export const TEMPLATE_MAX_AGE_MS = 5_000;
/** A node that was told to stop ends its process after this long even if something hangs. */
export const SHUTDOWN_LIMIT_MS = 10_000;
/** A coinbase script is at most this long. */
export const MAX_MINER_TAG_CHARACTERS = 100;
/** A block file is read into memory whole. */
export const MAX_IMPORT_FILE_BYTES = 1_073_741_824;
/** Wallets that one node hosts. */
export const MAX_WALLETS = 100;
/** Blocks looked through, from the tip down, for a transaction that a wallet has forgotten. */
export const MAX_BLOCKS_SEARCHED = 2_000;
/** Satoshis per virtual byte that a payment offers when nobody says otherwise. */
export const DEFAULT_FEE_RATE = 2;
/** Tasks that wait for the worker pool or use it. */
export const MAX_MINING_TASKS = 16;
/** How often a search looks whether its tries are used up. */
export const TRIES_CHECK_MS = 250;
/** Penalty for a message that no honest node sends; ten of them end the connection. */
export const INVALID_MESSAGE_POINTS = 10;
/** Up to so many coins are audited at every start (about 4 s a million); more only after an unclean stop. */
export const MAX_COINS_AUDITED_AT_EVERY_START = 2_000_000;
/** Bodies and undo data looked at when a node starts. */
export const BLOCKS_CHECKED_AT_START = 6;
/** Stored blocks connected in one batch when a chain is built anew. */
export const CATCH_UP_BLOCKS = 32;
/** How often a long start says how far it is. */
export const PROGRESS_LOG_MS = 5_000;
/** Bytes of block bodies copied in one batch when a chain is built anew. */
export const SALVAGE_BATCH_BYTES = 4_000_000;
/** Index entries written in one batch then. */
export const SALVAGE_BATCH_ENTRIES = 2_000;
/** Problems that a verification tells; it counts on. */
export const MAX_VERIFY_PROBLEMS = 100;
/** Fewest last blocks that a pruned node keeps (bitcoind's number). */
export const MIN_KEPT_BLOCKS = 288;
/** Blocks pruned in one batch. */
export const PRUNE_BATCH_BLOCKS = 100;
/** Peers that programs may ask a node to stay connected with. */
export const MAX_ADDED_PEERS = 100;
/** How far the times of blocks on demand may run ahead of the clock: other nodes refuse two hours. */
export const MAX_CHAIN_AHEAD_SECONDS = 6_600;
/** A chain that a peer shows may have less work than ours by so many blocks, a day of Bitcoin's, and is still stored. */
export const LEAST_WORK_RESERVE_BLOCKS = 144;
