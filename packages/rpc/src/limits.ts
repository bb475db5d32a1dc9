/** Numbers that bound what the RPC server takes in and holds. */

/** A block of 4,000,000 weight units is at most 4 MB, 8 MB in hexadecimal, plus the JSON around it. */
export const MAX_BODY_BYTES = 8_400_000;
/** Bitcoin Core `MAX_HEADERS_SIZE`. */
export const MAX_HEADER_BYTES = 8_192;
export const MAX_HEADER_COUNT = 64;
export const MAX_URL_CHARACTERS = 1_024;
export const MAX_BATCH_CALLS = 100;
export const MAX_JSON_DEPTH = 64;
/** Values in one request body: objects, arrays, members and elements together. */
export const MAX_JSON_VALUES = 20_000;
/** Named or positional arguments of one call. */
export const MAX_ARGUMENTS = 32;
/** Calls (of batches: batches) that run or wait; more are answered with 503 (Bitcoin Core `-rpcworkqueue` is 64). */
export const MAX_PENDING_REQUESTS = 64;
/** Calls that mine or scan: one at a time, the others wait in line. */
export const MAX_HEAVY_CALLS = 1;
/** Open TCP connections. */
export const MAX_CONNECTIONS = 256;
/** A request's headers and body must be in by then. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** How long an idle connection is kept. */
export const KEEP_ALIVE_TIMEOUT_MS = 30_000;

export const COOKIE_BYTES = 32;
/** Bitcoin Core waits as long before it answers a wrong password. */
export const BAD_LOGIN_DELAY_MS = 250;
/** After this many wrong passwords within the window every request is refused until it is over. */
export const MAX_BAD_LOGINS = 32;
export const BAD_LOGIN_WINDOW_MS = 10_000;

/** Events kept for readers that come back. */
export const MAX_KEPT_EVENTS = 10_000;
/** Listeners on a node's events: streams and waiting calls. */
export const MAX_EVENT_LISTENERS = 128;
/** Streams of `GET /events` at once. */
export const MAX_EVENT_STREAMS = 32;
/** Bytes waiting for one reader of the stream; a slower reader is told and dropped. */
export const MAX_STREAM_BUFFER_BYTES = 1_000_000;
/** How long a stream that was ended waits for its reader before the connection is cut. */
export const STREAM_END_TIMEOUT_MS = 1_000;

/** Longest wait of waitfornewblock and its sisters when the caller names none. */
export const MAX_WAIT_MS = 3_600_000;
/** Bitcoin Core's default for `generatetoaddress`. */
export const DEFAULT_MAX_TRIES = 1_000_000;
export const MAX_GENERATE_BLOCKS = 10_000;
export const MAX_BRANCH_BLOCKS = 2_016;
export const MAX_BRANCH_TRANSACTIONS = 10_000;
export const MAX_BLOCKED_PEERS = 1_000;
/** A link may be slowed down so far: beyond that, requests over it run into their time limits anyway. */
export const MAX_LINK_LATENCY_MS = 60_000;
export const MAX_LINK_LOSS = 0.9;
/** Text that somebody wants in a coinbase, whose script holds 100 bytes with the height and the miner's name. */
export const MAX_TAG_CHARACTERS = 40;
/** Header times of two blocks may be asked to lie so far apart. */
export const MAX_TIME_STEP_SECONDS = 1_000_000;
/** A day in 8.6 s. */
export const MAX_CLOCK_PACE = 10_000;
export const MAX_CLOCK_OFFSET_MS = 31_536_000_000;
/** Bitcoin Core `MAX_PACKAGE_COUNT`. */
export const MAX_TEST_ACCEPT_TRANSACTIONS = 25;
export const MAX_LISTED_TRANSACTIONS = 10_000;

/** Client: a call that does not mine or wait answers by then. */
export const CLIENT_CALL_TIMEOUT_MS = 30_000;
/** Client: longest call that mines. */
export const CLIENT_MINING_TIMEOUT_MS = 600_000;
/** Client: first pause before the event stream is opened again, doubled up to the second. */
export const CLIENT_RETRY_MIN_MS = 100;
export const CLIENT_RETRY_MAX_MS = 2_000;
export const CLIENT_MAX_CONNECTIONS = 8;
/** Client: longest answer; verbose blocks and mempools can be large. */
export const CLIENT_MAX_ANSWER_BYTES = 128_000_000;
