/** Numbers of the programs in the container image. */

/** Ports of a node in its container; every container has its own loopback and address, so all use the same. */
export const RPC_PORT = 18_443;
export const P2P_PORT = 18_444;
/** How often a member looks whether the chain has come to its turn. */
export const TURN_POLL_INTERVAL_MS = 100;
