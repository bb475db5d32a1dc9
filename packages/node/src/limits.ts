/** Numbers that bound what a node holds and does. */

/** Longest line that a node prints about untrusted text. */
export const MAX_NAME_CHARACTERS = 40;
/** Blocks that one call may mine. */
export const MAX_BLOCKS_PER_CALL = 10_000;
/** Of blocks mined on demand, one in such a time is announced, and the last. */
export const ANNOUNCEMENT_PAUSE_MS = 200;
/** Withheld branches a node keeps at once; the oldest goes first. */
export const MAX_BRANCHES = 16;
/** Blocks in one withheld branch, overtaking included. */
export const MAX_BRANCH_BLOCKS = 10_000;
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
/** Transactions remembered to pass their scripts: some 10 MB. */
export const MAX_VERIFIED_TRANSACTIONS = 100_000;
/** Answers about signatures kept while one transaction enters the mempool, whose weight allows no more that matter. */
export const MAX_REMEMBERED_SIGNATURES = 16_384;
/** Threads that run scripts beside the main one. */
export const MAX_SCRIPT_WORKERS = 15;
/** Inputs that a thread takes on at a time: so few that none waits long for the last of a block. */
export const SCRIPT_CHUNK_INPUTS = 16;
/** A part of a block that has come to so many inputs, or so many bytes, is handed to the threads while the rest is still on its way. */
export const SCRIPT_PART_INPUTS = 128;
export const SCRIPT_PART_BYTES = 200_000;
/** A block with no more inputs to run, and no more bytes to hash for them, is not worth waking other threads for. */
export const MAX_INLINE_SCRIPT_INPUTS = 48;
export const MAX_INLINE_SCRIPT_BYTES = 100_000;
/** The main thread runs scripts for so long, then looks after peers and programs before it goes on. */
export const SCRIPT_SLICE_MS = 25;
/** Blocks whose scripts wait for those of another; a chain and a probe ask for one each. */
export const MAX_SCRIPT_JOBS = 16;
/** Blocks of a sync whose fate waits for scripts; more stay with the sync, which then asks for none. */
export const MAX_BLOCKS_UNDECIDED = 16;
/** Blocks kept decoded until their fate is known; others are read from the disk again. */
export const MAX_FRESH_BLOCKS = 16;
/** Refused blocks that a node of an experiment tells of; more say nothing new. */
export const MAX_TOLD_REFUSALS = 10_000;
/** How often, and after which pauses, an operator's verdict on a block is tried while scripts of another one run. */
export const VERDICT_TRIES = 200;
export const VERDICT_PAUSE_MS = 25;
/** Transactions that a miner may be told to leave out. */
export const MAX_CENSORED_TRANSACTIONS = 10_000;
/** Transactions of a reorganisation that are announced once more; the first ones, parents before their children. */
export const MAX_RESURRECTED_ANNOUNCED = 1_000;
