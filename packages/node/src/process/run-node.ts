import { installSha256 } from "@forkyard/consensus/sha256/install-sha256";
import { InputError } from "@forkyard/core/errors";
import type { Log } from "@forkyard/core/ports/log";
import { pinoLog } from "../adapters/pino-log.ts";
import { systemTimers } from "../adapters/system-clock.ts";
import type { NodeConfig } from "../config.ts";
import { type RunningNode, startNode } from "../create-node.ts";
import { SHUTDOWN_LIMIT_MS } from "../limits.ts";

const EXIT_OK = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

export interface RunOptions {
  /** End when standard input does: a supervisor that is killed takes its nodes with it. */
  readonly exitWithStdin: boolean;
  /** Build the chain anew from its stored blocks. */
  readonly reindex?: boolean;
}

/**
 * The node program: starts, prints one line of JSON when it is ready, runs until it is told to stop.
 * @returns the exit code
 */
export async function runNode(config: NodeConfig, options: RunOptions): Promise<number> {
  const log = pinoLog({
    name: config.name,
    level: config.log.level,
    ...(config.log.file !== undefined && { file: config.log.file }),
  });
  installSha256((reason) => log.warn("SHA-256 engine passed over", { reason }));
  const ending = new Ending(log);
  let node: RunningNode;
  try {
    node = await startNode({
      config,
      log,
      reindex: options.reindex === true,
      stopRequested: () => ending.request(EXIT_OK, "asked over RPC"),
      failed: (error) => ending.fail(error),
    });
  } catch (error) {
    return refused(error, log);
  }
  const { peerId, addresses, rpcUrl } = node;
  process.stdout.write(`${JSON.stringify({ ready: true, peerId, addresses, rpc: rpcUrl })}\n`);
  ending.listen(options);
  const code = await ending.requested;
  return stopInTime(node, log, code);
}

/** Why the program is to end, and with which exit code; the first reason counts. */
class Ending {
  readonly requested: Promise<number>;
  readonly #log: Log;
  #resolve: (code: number) => void = () => {};

  constructor(log: Log) {
    this.#log = log;
    this.requested = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  request(code: number, reason: string): void {
    this.#log.info("stopping", { reason });
    this.#resolve(code);
  }

  fail(error: unknown): void {
    this.#log.error("the node cannot go on", { reason: String(error) });
    process.stderr.write(`the node cannot go on: ${String(error)}\n`);
    this.#resolve(EXIT_FAILED);
  }

  listen({ exitWithStdin }: RunOptions): void {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => this.request(EXIT_OK, signal));
    if (!exitWithStdin) return;
    process.stdin.on("end", () => this.request(EXIT_OK, "standard input ended"));
    process.stdin.on("error", () => this.request(EXIT_OK, "standard input failed"));
    process.stdin.resume();
  }
}

/** What a person did wrong is one line and exit code 2; anything else is our fault and shown as it is. */
function refused(error: unknown, log: Log): number {
  if (error instanceof InputError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT_USAGE;
  }
  log.error("start failed", { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return EXIT_FAILED;
}

async function stopInTime(node: RunningNode, log: Log, code: number): Promise<number> {
  const cancel = systemTimers.after(SHUTDOWN_LIMIT_MS, () => {
    log.error("did not stop in time", { limitMs: SHUTDOWN_LIMIT_MS });
    process.exit(EXIT_FAILED);
  });
  try {
    await node.stop();
    return code;
  } catch (error) {
    log.error("stopping failed", { reason: String(error) });
    return EXIT_FAILED;
  } finally {
    cancel();
  }
}
