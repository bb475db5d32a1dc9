import type { Clock } from "@forkyard/core/ports/clock";
import { GOSSIP_BREACH_INTERVAL_MS, GOSSIP_BYTES_PER_PEER, GOSSIP_RPCS_PER_PEER } from "../../limits.ts";
import { Gcra } from "../../rate/gcra.ts";
import type { PeerId } from "../transport.ts";
import type { RpcMeter } from "./gossip-router.ts";

interface PeerMeter {
  readonly bytes: Gcra;
  readonly rpcs: Gcra;
  /** Bytes of the current RPC's body that are still to come. */
  bodyLeft: number;
  prefixValue: number;
  prefixBits: number;
  breachAtMs: number;
}

/** Bytes and RPCs a second of each peer's gossip; a peer beyond either costs itself points, at most once a second. */
export class GossipMeter implements RpcMeter {
  readonly #clock: Clock;
  readonly #breach: (peer: PeerId) => void;
  readonly #peers = new Map<PeerId, PeerMeter>();

  constructor(clock: Clock, breach: (peer: PeerId) => void) {
    this.#clock = clock;
    this.#breach = breach;
  }

  received(peer: PeerId, chunk: Uint8Array): void {
    const nowMs = this.#clock.monotonicMs();
    const meter = this.#meterOf(peer);
    const withinBytes = meter.bytes.take(Math.min(chunk.length, GOSSIP_BYTES_PER_PEER.units), nowMs);
    const rpcs = Math.min(countRpcs(meter, chunk), GOSSIP_RPCS_PER_PEER.units);
    const withinRpcs = rpcs === 0 || meter.rpcs.take(rpcs, nowMs);
    if ((withinBytes && withinRpcs) || meter.breachAtMs + GOSSIP_BREACH_INTERVAL_MS > nowMs) return;
    meter.breachAtMs = nowMs;
    this.#breach(peer);
  }

  forget(peer: PeerId): void {
    this.#peers.delete(peer);
  }

  #meterOf(peer: PeerId): PeerMeter {
    let meter = this.#peers.get(peer);
    if (meter === undefined) {
      meter = {
        bytes: new Gcra(GOSSIP_BYTES_PER_PEER),
        rpcs: new Gcra(GOSSIP_RPCS_PER_PEER),
        bodyLeft: 0,
        prefixValue: 0,
        prefixBits: 0,
        breachAtMs: Number.NEGATIVE_INFINITY,
      };
      this.#peers.set(peer, meter);
    }
    return meter;
  }
}

/** Follows the length prefixes through the chunks: how many RPCs begin in this one. */
function countRpcs(meter: PeerMeter, chunk: Uint8Array): number {
  let count = 0;
  let at = 0;
  while (at < chunk.length) {
    if (meter.bodyLeft > 0) {
      const skip = Math.min(meter.bodyLeft, chunk.length - at);
      meter.bodyLeft -= skip;
      at += skip;
      continue;
    }
    const byte = chunk[at++] as number;
    meter.prefixValue += (byte & 0x7f) * 2 ** meter.prefixBits;
    meter.prefixBits += 7;
    if (byte > 0x7f && meter.prefixBits < 56) continue;
    count++;
    meter.bodyLeft = meter.prefixValue;
    meter.prefixValue = 0;
    meter.prefixBits = 0;
  }
  return count;
}
