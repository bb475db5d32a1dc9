import { assert } from "@forkyard/core/errors";
import type { PeerId } from "@forkyard/network/transport/transport";
import { type Medium, SimTransport } from "./sim-transport.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Links between simulated peers: every message takes the same time and arrives in the order in which it was sent. */
export class SimNetwork implements Medium {
  readonly time: VirtualTime;
  readonly latencyMs: number;
  readonly #transports = new Map<PeerId, SimTransport>();

  constructor(time: VirtualTime, latencyMs = 5) {
    this.time = time;
    this.latencyMs = latencyMs;
  }

  /** A new place in the network, not linked with anybody. A name that was used before is taken over. */
  transport(id: PeerId): SimTransport {
    const transport = new SimTransport(id, this);
    this.#transports.set(id, transport);
    return transport;
  }

  find(id: PeerId): SimTransport | undefined {
    return this.#transports.get(id);
  }

  /** Links two peers; false when one of them refuses the other. */
  connect(a: PeerId, b: PeerId): boolean {
    const [from, to] = [this.#known(a), this.#known(b)];
    if (from.refuses(b) || to.refuses(a)) return false;
    from.linked(b, false);
    to.linked(a, true);
    return true;
  }

  disconnect(a: PeerId, b: PeerId): void {
    this.find(a)?.unlinked(b);
    this.find(b)?.unlinked(a);
  }

  #known(id: PeerId): SimTransport {
    const transport = this.find(id);
    assert(transport !== undefined, `nobody is called ${id}`);
    return transport;
  }
}
