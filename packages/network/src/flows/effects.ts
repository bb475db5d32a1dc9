import type { BlockHash } from "@forkyard/core/hash";
import type { PeerId, SyncProtocol } from "../transport/transport.ts";

/** What a flow wants done; its owner does it and feeds the results back as events. */
export type FlowEffect =
  /** Send the request; give the result to `response` with the same id. */
  | {
      readonly kind: "request";
      readonly peer: PeerId;
      readonly protocol: SyncProtocol;
      readonly payload: Uint8Array;
      readonly requestId: number;
    }
  | { readonly kind: "penalise"; readonly peer: PeerId; readonly points: number; readonly reason: string }
  | { readonly kind: "disconnect"; readonly peer: PeerId; readonly reason: string }
  /** Call `tick` at this time; a later one replaces an earlier one. */
  | { readonly kind: "wake"; readonly atMs: number };

export type SyncEffect =
  | FlowEffect
  /** Serialized bytes of a block whose header hash is `hash`; nothing else is checked. */
  | { readonly kind: "block"; readonly peer: PeerId; readonly bytes: Uint8Array; readonly hash: BlockHash };

export type MempoolSyncEffect =
  | FlowEffect
  /** Serialized bytes of a transaction asked for; nothing is checked. */
  | { readonly kind: "transaction"; readonly peer: PeerId; readonly bytes: Uint8Array };

/** The protocols that a flow may be waiting on, by request id. */
export interface OpenRequest<Detail> {
  readonly requestId: number;
  readonly peer: PeerId;
  readonly deadlineMs: number;
  readonly detail: Detail;
}
