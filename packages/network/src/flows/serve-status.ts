import { decodeStatus, encodeStatus, type Status } from "../wire/status.ts";

/**
 * Answers a status request with our own. The request is the peer's status: give it to `SyncFlow.statusReceived` too.
 * @throws DecodeError
 */
export function serveStatus(request: Uint8Array, own: Status): readonly Uint8Array[] {
  decodeStatus(request);
  return [encodeStatus(own)];
}
