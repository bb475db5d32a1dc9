import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Log } from "@forkyard/core/ports/log";
import type { Random } from "@forkyard/core/ports/random";

export interface Libp2pTransportOptions {
  /** Separates this chain's topics and protocols from all others (`chainId` of core's params). */
  readonly chainId: string;
  /** 32 secret bytes, see identity.ts. */
  readonly identity: Uint8Array;
  /** Address to listen on; 127.0.0.1 when absent. */
  readonly host?: string;
  /** TCP port; 0 takes any free one. */
  readonly port: number;
  /** Multiaddresses of peers to stay connected with. */
  readonly staticPeers?: readonly string[];
  /** Finds peers of the same chain on the local network. Off when absent. */
  readonly mdns?: boolean;
  /** Shown to peers. */
  readonly userAgent: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** For jitter and loss of links that are slowed down on purpose. */
  readonly random: Random;
  readonly log: Log;
}
