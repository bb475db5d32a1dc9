import type { ProtocolLimits, Quota } from "../limits.ts";
import type { PeerId, SyncProtocol } from "../transport/transport.ts";
import { Gcra } from "./gcra.ts";

interface PeerQuotas {
  readonly requests: Map<SyncProtocol, Gcra>;
  readonly answerBytes: Gcra;
}

/** What each peer, and all together, may ask for in a time: counted by what a request names, before work is done. */
export class RequestQuotas {
  readonly #limits: Readonly<Record<SyncProtocol, ProtocolLimits>>;
  readonly #answerBytesPerPeer: Quota;
  readonly #answerBytes: Gcra;
  readonly #total = new Map<SyncProtocol, Gcra>();
  readonly #peers = new Map<PeerId, PeerQuotas>();

  constructor(
    limits: Readonly<Record<SyncProtocol, ProtocolLimits>>,
    answerBytesPerPeer: Quota,
    answerBytesTotal: Quota,
  ) {
    this.#limits = limits;
    this.#answerBytesPerPeer = answerBytesPerPeer;
    this.#answerBytes = new Gcra(answerBytesTotal);
  }

  /** Charges a request of so many bytes; false when the peer or everybody is beyond a quota. */
  take(peer: PeerId, protocol: SyncProtocol, requestBytes: number, nowMs: number): boolean {
    const { perPeer, total, bytesPerUnit } = this.#limits[protocol];
    const units = bytesPerUnit === undefined ? 1 : Math.max(1, Math.ceil(requestBytes / bytesPerUnit));
    const quotas = this.#quotasOf(peer);
    const everybody = bucket(this.#total, protocol, total);
    // The peer's own bucket first: a peer beyond it must not use up everybody's.
    return bucket(quotas.requests, protocol, perPeer).take(units, nowMs) && everybody.take(units, nowMs);
  }

  /** True while the answers sent to the peer, or to everybody, are more than may be. Not the fault of who asks next. */
  overdrawn(peer: PeerId, nowMs: number): boolean {
    return this.#quotasOf(peer).answerBytes.overdrawn(nowMs) || this.#answerBytes.overdrawn(nowMs);
  }

  /** Charges the bytes of an answer, known only when the work is done. */
  chargeAnswer(peer: PeerId, bytes: number, nowMs: number): void {
    this.#quotasOf(peer).answerBytes.charge(bytes, nowMs);
    this.#answerBytes.charge(bytes, nowMs);
  }

  forget(peer: PeerId): void {
    this.#peers.delete(peer);
  }

  #quotasOf(peer: PeerId): PeerQuotas {
    let quotas = this.#peers.get(peer);
    if (quotas === undefined) {
      quotas = { requests: new Map(), answerBytes: new Gcra(this.#answerBytesPerPeer) };
      this.#peers.set(peer, quotas);
    }
    return quotas;
  }
}

function bucket(buckets: Map<SyncProtocol, Gcra>, protocol: SyncProtocol, quota: Quota): Gcra {
  let gcra = buckets.get(protocol);
  if (gcra === undefined) {
    gcra = new Gcra(quota);
    buckets.set(protocol, gcra);
  }
  return gcra;
}
