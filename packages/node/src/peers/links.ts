import { InputError } from "@forkyard/core/errors";
import type { Log } from "@forkyard/core/ports/log";
import { quoted } from "@forkyard/core/printable";
import type { Transport } from "@forkyard/network/transport/transport";
import { MAX_ADDED_PEERS } from "../limits.ts";

/** The peers that programs asked this node to stay connected with, beside those of its configuration. */
export class Links {
  readonly #transport: Transport;
  readonly #log: Log;
  readonly #added = new Set<string>();

  constructor(transport: Transport, log: Log) {
    this.#transport = transport;
    this.#log = log;
  }

  added(): readonly string[] {
    return [...this.#added];
  }

  /** @throws InputError when the address is malformed or there are too many */
  add(address: string): void {
    if (this.#added.size >= MAX_ADDED_PEERS) throw new InputError(`at most ${MAX_ADDED_PEERS} peers can be added`);
    this.#transport.keepConnected(address);
    this.#added.add(address);
  }

  /** @throws InputError when it was not added */
  remove(address: string): void {
    if (!this.#added.delete(address)) throw new InputError(`${quoted(address)} was not added`);
    this.#transport.letGo(address);
  }

  /** Dials once; whether it worked shows in the peers. */
  tryOnce(address: string): void {
    this.#transport.dial(address).catch((error: unknown) => {
      this.#log.info("peer not reached", { address, reason: error instanceof Error ? error.message : String(error) });
    });
  }
}
