import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { ConnectionEncrypter, MessageStream, SecuredConnection } from "@libp2p/interface";
import { SHAPED_BYTES } from "../../limits.ts";
import { type LinkConditions, LinkSchedule } from "../../link-conditions.ts";
import type { PeerId } from "../transport.ts";

type Secure<Components> = (components: Components) => ConnectionEncrypter;
type Data = Parameters<MessageStream["send"]>[0];

export interface ShaperOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Numbers from 0 up to but not 1, for jitter and loss. */
  readonly draw: () => number;
}

/**
 * Slows links down without privileges: what the muxer hands to an encrypted connection is held back as long as the
 * conditions of that peer say. It sits above the encryption, where the peer is known, and below the muxer, so that
 * gossip and requests of one peer share one link.
 */
export class LinkShaper {
  readonly #options: ShaperOptions;
  readonly #links = new Map<PeerId, Set<ShapedLink>>();
  #conditions: ReadonlyMap<PeerId, LinkConditions> = new Map();

  constructor(options: ShaperOptions) {
    this.#options = options;
  }

  /** The conditions of all links from now on; peers that are not named have none. */
  set(conditions: ReadonlyMap<PeerId, LinkConditions>): void {
    this.#conditions = new Map(conditions);
    for (const [peer, links] of this.#links) {
      for (const link of links) link.schedule.set(conditions.get(peer));
    }
  }

  conditions(peer: PeerId): LinkConditions | undefined {
    return this.#conditions.get(peer);
  }

  /** The same way of securing connections, with every connection that comes of it shaped. */
  shaped<Components>(secure: Secure<Components>): Secure<Components> {
    return (components) => {
      const inner = secure(components);
      const shape = (secured: SecuredConnection): SecuredConnection => {
        this.#watch(secured.remotePeer.toString(), secured.connection);
        return secured;
      };
      return new Proxy(inner, {
        get: (target, key) => {
          if (key === "secureInbound" || key === "secureOutbound") {
            return async (...given: Parameters<ConnectionEncrypter["secureInbound"]>) =>
              shape(await target[key](...given));
          }
          return Reflect.get(target, key, target) as unknown;
        },
      });
    };
  }

  #watch(peer: PeerId, connection: MessageStream): void {
    const link = new ShapedLink(connection, this.#options);
    link.schedule.set(this.#conditions.get(peer));
    const links = this.#links.get(peer) ?? new Set();
    this.#links.set(peer, links.add(link));
    connection.addEventListener("close", () => {
      link.stop();
      links.delete(link);
      if (links.size === 0) this.#links.delete(peer);
    });
  }
}

/** One connection: takes over its `send`. */
class ShapedLink {
  readonly schedule = new LinkSchedule();
  readonly #connection: MessageStream;
  readonly #options: ShaperOptions;
  readonly #send: MessageStream["send"];
  readonly #held: { readonly data: Data; readonly atMs: number }[] = [];
  #heldBytes = 0;
  #saturated = false;
  #cancelWake: (() => void) | undefined;

  constructor(connection: MessageStream, options: ShaperOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#send = connection.send.bind(connection);
    connection.send = (data) => this.#take(data);
  }

  stop(): void {
    this.#cancelWake?.();
    this.#held.length = 0;
  }

  /** @returns false when the sender has to wait for `drain` */
  #take(data: Data): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const atMs = this.schedule.arrivalMs(data.byteLength, nowMs, this.#options.draw);
    if (this.#held.length === 0 && atMs <= nowMs) return this.#send(data);
    this.#held.push({ data, atMs });
    this.#heldBytes += data.byteLength;
    if (this.#held.length === 1) this.#wake();
    this.#saturated ||= this.#heldBytes > SHAPED_BYTES;
    return !this.#saturated;
  }

  #wake(): void {
    const [next] = this.#held;
    if (next === undefined) return;
    const delayMs = Math.max(0, next.atMs - this.#options.clock.monotonicMs());
    this.#cancelWake = this.#options.timers.after(delayMs, () => this.#release());
  }

  #release(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (let next = this.#held[0]; next !== undefined && next.atMs <= nowMs; next = this.#held[0]) {
      this.#held.shift();
      this.#heldBytes -= next.data.byteLength;
      if (this.#connection.status !== "open") return;
      this.#send(next.data);
    }
    this.#wake();
    if (!this.#saturated || this.#heldBytes > SHAPED_BYTES / 2) return;
    this.#saturated = false;
    this.#connection.dispatchEvent(new Event("drain"));
  }
}
