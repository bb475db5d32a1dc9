/** Numbers that bound a devnet: how many, how long, how large. */

/** Nodes of one devnet; each is a process of about 100 MB. */
export const MAX_NODES = 50;
/** Wallets named in a config, the miners' own left out. */
export const MAX_NAMED_WALLETS = 50;
/** Bytes of a devnet config file. */
export const MAX_CONFIG_BYTES = 1_000_000;
/** Hashes a second that a devnet may ask for in all. */
export const MAX_HASH_RATE = 1e9;
/** Ports between the RPC ports of two nodes. */
export const PORTS_PER_NODE = 10;
export const MAX_PORT = 65_535;

/** A node that has not said it is ready by then is stopped. */
export const NODE_START_LIMIT_MS = 60_000;
/** Characters of the line in which a node says that it is ready. */
export const MAX_READY_LINE_CHARACTERS = 65_536;
/** After a SIGTERM a node may close its database this long before it is killed. */
export const NODE_STOP_LIMIT_MS = 5_000;
/** A supervisor that was asked to stop may take a little longer than its nodes. */
export const SUPERVISOR_STOP_LIMIT_MS: number = NODE_STOP_LIMIT_MS + 5_000;
/** How long a start waits for processes of the last run that still close. */
export const LEFTOVER_EXIT_LIMIT_MS = 5_000;
/** How long a start waits for the system to clear away processes that have ended: where nobody does, it goes on. */
export const ZOMBIE_LIMIT_MS = 3_000;
/** How often a process that is not our child is looked at. */
export const PROCESS_CHECK_INTERVAL_MS = 50;
/** A node that ends unasked is started again after this pause. */
export const RESTART_PAUSE_MS = 250;
/** Restarts in a row in which a node did not become ready; then it is left alone. */
export const MAX_FAILED_RESTARTS = 3;
/** A node's log is moved aside at a start when it is longer. */
export const MAX_LOG_BYTES = 16_000_000;
/** Bytes read from the end of a log at once. */
export const LOG_CHUNK_BYTES = 256_000;
/** How often `logs --follow` looks for new lines. */
export const LOG_FOLLOW_INTERVAL_MS = 200;
/** Lines that `logs` shows of each node when it is not told. */
export const DEFAULT_LOG_LINES = 200;

/** All nodes must show the same tip by then after a start, a heal or a reorganisation. */
export const AGREEMENT_LIMIT_MS = 30_000;
/** Nodes that do not agree after a heal by then may have chains of the same work. */
export const TIE_PATIENCE_MS = 2_000;
/** Two dozen spacings of a devnet: by then a net that mines has found a block. */
export const TIE_LIMIT_MS = 120_000;
/** `status` looks again for as long when nodes differ: a block may be on its way. */
export const STATUS_SETTLE_LIMIT_MS = 1_000;
export const STATUS_SETTLE_INTERVAL_MS = 50;
/** A payment must be in every mempool that can be reached by then. */
export const PAYMENT_SPREAD_LIMIT_MS = 15_000;
/** `pay --wait`: the payment must be in a block by then. */
export const PAYMENT_MINED_LIMIT_MS = 300_000;

/** Blocks that `reorg` takes back at most: the withheld branch must fit the node's limit of 2016. */
export const MAX_REORG_DEPTH = 2_000;
/** How far back in a wallet's history a payment to take back is looked for. */
export const MAX_WALLET_ENTRIES = 10_000;
/** When the net mines on while the branch is made, it is made again from DEPTH below the new tip; so often at most. */
export const MAX_REORG_ATTEMPTS = 4;
/** Nodes that have not switched by then see the branch grow: another block may have drawn level. */
export const REORG_PATIENCE_MS = 2_000;
/** How often the branch may grow. */
export const MAX_BRANCH_EXTENSIONS = 8;
/** All of that together. */
export const REORG_LIMIT_MS = 120_000;
/** Rounds of mining in which a first start must have funded every wallet. */
export const MAX_BOOTSTRAP_ROUNDS = 3;
/** What `reorg --txs replace` pays the merchant when there is no payment to take back, in satoshis. */
export const STAGED_PAYMENT_SATOSHIS = 1_000_000_000n;

/** Things already told (blocks, payments, reorganisations) that are remembered so as not to tell them twice. */
export const MAX_TOLD_EVENTS = 20_000;
