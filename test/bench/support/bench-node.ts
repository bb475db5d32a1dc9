import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { NodeProcess, type NodeReady } from "@forkyard/devnet/nodes/node-process";
import { openExchange, readBody } from "@forkyard/rpc/client/http-exchange";
import { CLIENT_MAX_ANSWER_BYTES, CLIENT_MINING_TIMEOUT_MS } from "@forkyard/rpc/limits";
import { nodeProgram } from "forkyard/up/node-program";

export interface BenchNodeOptions {
  readonly staticPeers?: readonly string[];
}

/** A regtest node in a process of its own, with its data in a folder of the benchmark. */
export class BenchNode {
  readonly ready: NodeReady;
  /** From the start of the process to its ready line. */
  readonly startMs: number;
  readonly #process: NodeProcess;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #credentials: string;

  private constructor(process: NodeProcess, ready: NodeReady, startMs: number, dataDir: string) {
    this.#process = process;
    this.ready = ready;
    this.startMs = startMs;
    this.#credentials = readFileSync(join(dataDir, ".cookie"), "utf8").trim();
  }

  /** Starts a node on the data in `folder/name`, or on none. */
  static async start(folder: string, name: string, options: BenchNodeOptions = {}): Promise<BenchNode> {
    const dataDir = join(folder, name);
    const configFile = join(folder, `${name}.json`);
    const p2p = { staticPeers: options.staticPeers ?? [] };
    const config = { name, network: "regtest", dataDir, p2p, mining: { workers: 1 } };
    writeFileSync(configFile, JSON.stringify(config));
    const startedMs = performance.now();
    const process = new NodeProcess(name, await nodeProgram(), configFile, join(folder, `${name}.log`));
    const ready = await process.ready();
    return new BenchNode(process, ready, performance.now() - startedMs, dataDir);
  }

  /** One call over a kept connection, as most clients do. @throws Error with the node's answer */
  async call<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const { hostname: host, port } = new URL(this.ready.rpc);
    const response = await openExchange({
      agent: this.#agent,
      host,
      port: Number(port),
      path: "/",
      credentials: this.#credentials,
      body: JSON.stringify({ method, params }),
      timeoutMs: CLIENT_MINING_TIMEOUT_MS,
    });
    const answer = JSON.parse(await readBody(response, CLIENT_MAX_ANSWER_BYTES)) as { result: T; error: unknown };
    if (answer.error !== null && answer.error !== undefined) {
      throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    }
    return answer.result;
  }

  /** Resident memory; undefined on systems that do not tell it in /proc. */
  memoryMb(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
      const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
      return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
    } catch {
      return undefined;
    }
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.#process.stop();
  }
}

/** Removes what a stopped node has stored. */
export function forgetNode(folder: string, name: string): void {
  rmSync(join(folder, name), { recursive: true, force: true });
}
