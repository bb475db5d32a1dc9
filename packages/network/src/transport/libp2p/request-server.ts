import { DecodeError } from "@forkyard/core/errors";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Log } from "@forkyard/core/ports/log";
import type { Connection, Libp2p, Stream } from "@libp2p/interface";
import {
  ANSWER_BYTES_PER_PEER,
  ANSWER_BYTES_TOTAL,
  GARBAGE_POINTS,
  MAX_ANSWER_BYTES_IN_FLIGHT,
  PROTOCOL_LIMITS,
  QUOTA_POINTS,
  WHOLE_STREAM_TIMEOUT_MS,
} from "../../limits.ts";
import { RequestQuotas } from "../../rate/request-quotas.ts";
import { protocolName, SYNC_PROTOCOLS } from "../../topics.ts";
import type { PeerId, SyncProtocol, TransportHandlers } from "../transport.ts";
import { deadline, raise } from "./deadline.ts";
import { readFrames, writeFrames } from "./stream-io.ts";

interface ServerPorts {
  readonly chainId: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly penalise: (peer: PeerId, points: number, reason: string) => void;
  /** How much longer than usual a peer may take. */
  readonly patienceMs: (peer: PeerId) => number;
}

/** Answers peers' requests: one frame in, charged before any work, frames out no faster than the peer reads. */
export class RequestServer {
  readonly #ports: ServerPorts;
  readonly #quotas = new RequestQuotas(PROTOCOL_LIMITS, ANSWER_BYTES_PER_PEER, ANSWER_BYTES_TOTAL);
  #bytesInFlight = 0;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  async start(node: Libp2p, handlers: TransportHandlers): Promise<void> {
    for (const protocol of SYNC_PROTOCOLS) {
      const { maxStreams } = PROTOCOL_LIMITS[protocol];
      await node.handle(
        protocolName(this.#ports.chainId, protocol),
        (stream, connection) => this.#serve(protocol, stream, connection, handlers),
        { maxInboundStreams: maxStreams, maxOutboundStreams: maxStreams },
      );
    }
  }

  forget(peer: PeerId): void {
    this.#quotas.forget(peer);
  }

  async #serve(
    protocol: SyncProtocol,
    stream: Stream,
    connection: Connection,
    handlers: TransportHandlers,
  ): Promise<void> {
    const peer = connection.remotePeer.toString();
    try {
      const patienceMs = this.#ports.patienceMs(peer);
      const request = await this.#readRequest(protocol, stream, patienceMs);
      const frames = this.#answer(protocol, peer, request, handlers);
      await this.#send(stream, frames, patienceMs);
    } catch (error) {
      stream.abort(error as Error);
      this.#blame(protocol, peer, error as Error);
    }
  }

  async #readRequest(protocol: SyncProtocol, stream: Stream, patienceMs: number): Promise<Uint8Array> {
    const { maxRequestBytes } = PROTOCOL_LIMITS[protocol];
    const limits = { maxFrameBytes: maxRequestBytes, maxFrames: 1, maxTotalBytes: maxRequestBytes };
    const [request] = await readFrames(stream, limits, { timers: this.#ports.timers, patienceMs }, 1);
    if (request === undefined) throw new DecodeError("no request", 0);
    return request;
  }

  #answer(
    protocol: SyncProtocol,
    peer: PeerId,
    request: Uint8Array,
    handlers: TransportHandlers,
  ): readonly Uint8Array[] {
    const nowMs = this.#ports.clock.monotonicMs();
    if (!this.#quotas.take(peer, protocol, request.length, nowMs)) throw new QuotaError(`beyond the ${protocol} quota`);
    const overloaded = this.#bytesInFlight >= MAX_ANSWER_BYTES_IN_FLIGHT || this.#quotas.overdrawn(peer, nowMs);
    if (overloaded) throw new OverloadError("too many answers under way");
    try {
      const frames = handlers.request(protocol, peer, request);
      this.#quotas.chargeAnswer(peer, totalBytes(frames), nowMs);
      return frames;
    } catch (error) {
      // What is neither the peer's fault nor ours to expect must not end as a reset stream.
      if (!(error instanceof DecodeError)) raise(this.#ports.timers, error);
      throw error;
    }
  }

  async #send(stream: Stream, frames: readonly Uint8Array[], patienceMs: number): Promise<void> {
    const bytes = totalBytes(frames);
    const { signal, cancel } = deadline(this.#ports.timers, WHOLE_STREAM_TIMEOUT_MS + patienceMs);
    this.#bytesInFlight += bytes;
    try {
      await writeFrames(stream, frames, signal);
    } finally {
      this.#bytesInFlight -= bytes;
      cancel();
    }
  }

  #blame(protocol: SyncProtocol, peer: PeerId, error: Error): void {
    this.#ports.log.debug("request.refused", { protocol, peer, error: error.message });
    if (error instanceof DecodeError)
      this.#ports.penalise(peer, GARBAGE_POINTS, `${protocol} request: ${error.message}`);
    if (error instanceof QuotaError) this.#ports.penalise(peer, QUOTA_POINTS, error.message);
  }
}

class QuotaError extends Error {
  override readonly name = "QuotaError";
}

class OverloadError extends Error {
  override readonly name = "OverloadError";
}

function totalBytes(frames: readonly Uint8Array[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}
