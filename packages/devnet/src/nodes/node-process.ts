import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import { z } from "zod";
import { openLog } from "../folder/log-file.ts";
import { MAX_READY_LINE_CHARACTERS, NODE_START_LIMIT_MS, NODE_STOP_LIMIT_MS } from "../limits.ts";

/** How the node program is run: `command ...parameters --config FILE --exit-with-stdin`. */
export interface NodeProgram {
  readonly command: string;
  readonly parameters: readonly string[];
}

/** How a process ended: with a code, or by a signal. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a node says of itself once it takes calls. */
export interface NodeReady {
  readonly ready: true;
  readonly peerId: string;
  /** Multiaddrs with its peer id. */
  readonly addresses: readonly string[];
  /** URL. */
  readonly rpc: string;
}

const readySchema: z.ZodType<NodeReady> = z.object({
  ready: z.literal(true),
  peerId: z.string(),
  addresses: z.array(z.string()),
  rpc: z.string(),
});

/** Bytes at the end of a log in which the reason of a failed start is looked for. */
const REASON_BYTES = 4_096;

/**
 * A node as a child process. Its standard input is a pipe that nobody writes to: it closes when this process ends, in
 * whatever way, and the node then ends too.
 */
export class NodeProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #logStart: number;
  /** Resolves when the process has ended. */
  readonly exited: Promise<ProcessExit>;
  #exit: ProcessExit | undefined;

  constructor(name: string, program: NodeProgram, configFile: string, logFile: string) {
    this.name = name;
    this.#logFile = logFile;
    const log = openLog(logFile);
    this.#logStart = log.length;
    this.#child = spawn(program.command, [...program.parameters, "--config", configFile, "--exit-with-stdin"], {
      stdio: ["pipe", "pipe", log.handle],
    });
    closeSync(log.handle);
    this.#child.stdin?.on("error", () => {
      // The pipe breaks when the node ends first; its exit tells the story.
    });
    this.exited = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("exit", (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /** Resolves with the node's ready line. @throws InputError with the node's own reason when it ends or stays silent */
  async ready(): Promise<NodeReady> {
    const line = await this.#readyLine();
    const result = readySchema.safeParse(JSON.parse(line));
    if (!result.success) throw new InputError(this.#failure("did not say that it is ready"));
    // Whatever it prints later is not ours to read, but must not fill the pipe.
    this.#child.stdout?.resume();
    return result.data;
  }

  /** Ends the node as a crash does. */
  async kill(): Promise<ProcessExit> {
    if (this.running) this.#child.kill("SIGKILL");
    return this.exited;
  }

  /** Asks the node to close, and kills it when it has not within the limit. */
  async stop(): Promise<ProcessExit> {
    if (this.running) this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), NODE_STOP_LIMIT_MS);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  async #readyLine(): Promise<string> {
    const silent = Promise.withResolvers<"silent">();
    const limit = setTimeout(() => silent.resolve("silent"), NODE_START_LIMIT_MS);
    try {
      const first = await Promise.race([this.#firstLine(), this.exited, silent.promise]);
      if (first === "silent")
        throw new InputError(this.#failure(`was not ready after ${NODE_START_LIMIT_MS / 1000} s`));
      if (typeof first !== "string") throw new InputError(this.#failure(describeExit(first)));
      return first;
    } finally {
      clearTimeout(limit);
    }
  }

  #firstLine(): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = "";
      this.#child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        const end = text.indexOf("\n");
        if (end >= 0) resolve(text.slice(0, end));
        else if (text.length > MAX_READY_LINE_CHARACTERS)
          reject(new InputError(this.#failure("prints something else than a ready line")));
      });
    });
  }

  #failure(what: string): string {
    const reason = lastPlainLine(this.#logFile, this.#logStart);
    return `${this.name} ${what}: ${reason ?? `see ${this.#logFile}`}`;
  }
}

/** "ended with code 1", "was killed by SIGKILL". */
export function describeExit(exit: ProcessExit): string {
  return exit.signal === null ? `ended with code ${exit.code}` : `was killed by ${exit.signal}`;
}

/** The last line after `from` that is meant for people: log lines are JSON objects, the reason of an exit is not. */
function lastPlainLine(file: string, from: number): string | undefined {
  const size = statSync(file).size;
  const start = Math.max(from, size - REASON_BYTES);
  const bytes = Buffer.alloc(Math.max(0, size - start));
  const handle = openSync(file, "r");
  try {
    readSync(handle, bytes, 0, bytes.length, start);
  } finally {
    closeSync(handle);
  }
  const lines = bytes
    .toString("utf8")
    .split("\n")
    .map((line) => line.trim());
  return lines.findLast((line) => line !== "" && !line.startsWith("{"));
}
