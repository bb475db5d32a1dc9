/** Runs on a thread of a script pool: claims chunks of a shared part until there are none. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { CURVE_CANDIDATES, selectCurve } from "@forkyard/consensus/curve/select-curve";
import { installSha256 } from "@forkyard/consensus/sha256/install-sha256";
import { assert } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import { scriptFailure, type TransactionScripts } from "../script-runner.ts";
import type { HelpCommand, LeftReport, ScriptThreadData } from "./protocol.ts";
import { type Chunk, SharedPart } from "./shared-part.ts";

class ScriptThread {
  readonly #curve: Curve;
  readonly #port: MessagePort;

  constructor(port: MessagePort, curve: Curve) {
    this.#port = port;
    this.#curve = curve;
  }

  listen(): void {
    this.#port.on("message", ({ memory }: HelpCommand) => {
      this.#help(new SharedPart(memory));
      const report: LeftReport = { kind: "left" };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#port.postMessage(report);
    });
  }

  #help(part: SharedPart): void {
    const last: { position: number; transaction: TransactionScripts | undefined } = {
      position: -1,
      transaction: undefined,
    };
    for (let chunk = part.claim(); chunk !== undefined; chunk = part.claim()) {
      this.#run(part, chunk, (position) => {
        // A transaction of many inputs is read once for all its chunks.
        if (last.position !== position) last.transaction = part.transaction(position);
        last.position = position;
        assert(last.transaction !== undefined, "a transaction was read");
        return last.transaction;
      });
      part.chunkDone();
    }
  }

  #run(part: SharedPart, { from, to }: Chunk, transactionAt: (position: number) => TransactionScripts): void {
    for (let input = from; input < to && !part.isDecided(input); input++) {
      const { position, inputIndex } = part.locate(input);
      if (scriptFailure({ ...transactionAt(position), inputIndex }, this.#curve) !== undefined) part.failed(input);
    }
  }
}

function main(): void {
  assert(parentPort !== null, "this file runs on a thread");
  const { curve } = workerData as ScriptThreadData;
  installSha256();
  new ScriptThread(parentPort, selectCurve(CURVE_CANDIDATES.filter(({ name }) => name === curve))).listen();
}

main();
