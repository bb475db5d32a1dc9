import type { Supervisor } from "@forkyard/devnet/nodes/supervisor";
import type { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";

/** The way to the nodes of a live net: their ports and identities stay, their processes change. */
export class LiveNet {
  readonly #supervisor: Supervisor;
  #devnet: RunningDevnet;

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
    this.#devnet = supervisor.devnet();
  }

  get devnet(): RunningDevnet {
    return this.#devnet;
  }

  /** After a node was started or ended. Calls under way on the old connections are over: their node is. */
  refresh(): void {
    const before = this.#devnet;
    this.#devnet = this.#supervisor.devnet();
    before.close();
  }

  close(): void {
    this.#devnet.close();
  }
}
