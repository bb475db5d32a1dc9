import type { Timers } from "@forkyard/core/ports/clock";
import type { Connection, Stream } from "@libp2p/interface";
import { MAX_REQUESTS_IN_FLIGHT, PROTOCOL_LIMITS, WHOLE_STREAM_TIMEOUT_MS } from "../../limits.ts";
import { protocolName } from "../../topics.ts";
import type { PeerId, RequestResult, SyncProtocol } from "../transport.ts";
import { deadline, raise } from "./deadline.ts";
import { readFrames, writeFrames } from "./stream-io.ts";

interface ClientPorts {
  readonly chainId: string;
  readonly timers: Timers;
  /** The open connection to a peer. */
  readonly connectionTo: (peer: PeerId) => Connection | undefined;
  /** How much longer than usual a peer may take. */
  readonly patienceMs: (peer: PeerId) => number;
}

/** Our requests: one stream each, bounded in number, size and time. */
export class RequestClient {
  readonly #ports: ClientPorts;
  #inFlight = 0;

  constructor(ports: ClientPorts) {
    this.#ports = ports;
  }

  /** `done` is called once, in a later turn; whatever goes wrong arrives there as text. */
  request(peer: PeerId, protocol: SyncProtocol, payload: Uint8Array, done: (result: RequestResult) => void): void {
    void this.#finish(this.#exchange(peer, protocol, payload), done);
  }

  async #finish(exchange: Promise<readonly Uint8Array[]>, done: (result: RequestResult) => void): Promise<void> {
    const result = await exchange.then(
      (frames) => ({ frames }),
      (error: Error) => ({ error: error.message }),
    );
    try {
      done(result);
    } catch (error) {
      raise(this.#ports.timers, error);
    }
  }

  async #exchange(peer: PeerId, protocol: SyncProtocol, payload: Uint8Array): Promise<readonly Uint8Array[]> {
    if (this.#inFlight >= MAX_REQUESTS_IN_FLIGHT) throw new Error("too many requests under way");
    const limits = PROTOCOL_LIMITS[protocol];
    const patienceMs = this.#ports.patienceMs(peer);
    const { signal, cancel } = deadline(this.#ports.timers, WHOLE_STREAM_TIMEOUT_MS + patienceMs);
    let stream: Stream | undefined;
    this.#inFlight++;
    try {
      const connection = this.#ports.connectionTo(peer);
      if (connection === undefined) throw new Error("not connected");
      stream = await connection.newStream(protocolName(this.#ports.chainId, protocol), {
        signal,
        maxOutboundStreams: limits.maxStreams,
      });
      const answer = readFrames(
        stream,
        { maxFrameBytes: limits.maxFrameBytes, maxFrames: limits.maxFrames, maxTotalBytes: limits.maxAnswerBytes },
        { timers: this.#ports.timers, patienceMs },
      );
      const [frames] = await Promise.all([answer, writeFrames(stream, [payload], signal)]);
      return frames;
    } catch (error) {
      stream?.abort(error as Error);
      throw error;
    } finally {
      this.#inFlight--;
      cancel();
    }
  }
}
