/**
 * What was read is not what was written: the disk or another program changed it. Fatal for the node, and never the
 * fault of a peer, which is why it is not a DecodeError; `cause` tells what did not decode.
 */
export class StoreDamagedError extends Error {
  override readonly name = "StoreDamagedError";
}
