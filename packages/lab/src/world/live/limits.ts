/** Time that nodes may take to agree on a tip while the net is being set up. */
export const LIVE_AGREEMENT_MS = 30_000;
/** Port numbers that are tried for a net before giving up. */
export const MAX_PORT_TRIES = 20;
/** Hexadecimal digits of blocks whose details are remembered between the events of different nodes. */
export const MAX_KNOWN_BLOCKS = 20_000;
/** A node that was started again has this long to find its peers. */
export const LIVE_START_MS = 20_000;
