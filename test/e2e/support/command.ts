import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identifyProcess, isRunning } from "@forkyard/devnet/folder/process-identity";
import type { DevnetStatus } from "@forkyard/devnet/observe/status";
import { repositoryRoot } from "../../repository-root.ts";

const LAUNCHER = join(repositoryRoot, "packages/cli/bin/forkyard.mjs");
const PORTS_PER_NODE = 10;
const FIRST_PORT = 20_000;
const PORT_RANGE = 25_000;

/** How one run of the command ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** A home folder of its own for the `forkyard` command, with ports that are free; the tests' only way to a devnet. */
export class Home {
  readonly path: string;
  readonly portBase: number;

  private constructor(path: string, portBase: number) {
    this.path = path;
    this.portBase = portBase;
  }

  /** @param nodes how many nodes will need ports */
  static async create(nodes: number): Promise<Home> {
    return new Home(mkdtempSync(join(tmpdir(), "forkyard-e2e-")), await freePortBase(nodes));
  }

  /** Starts the command, as a person would from any folder. */
  start(words: readonly string[]): ChildProcess {
    return spawn(process.execPath, [LAUNCHER, ...words], {
      cwd: this.path,
      // Temporary folders are made here as well, so that one that is left behind is seen.
      env: { ...process.env, FORKYARD_HOME: this.path, TMPDIR: this.path, NO_COLOR: "1" },
    });
  }

  /** Runs the command to its end. */
  async run(...words: readonly string[]): Promise<CommandResult> {
    const started = performance.now();
    const child = this.start(words);
    child.stdin?.end();
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve, reject) => child.once("exit", resolve).once("error", reject)),
    ]);
    return { code, stdout, stderr, milliseconds: performance.now() - started };
  }

  /** Runs the command with --json. @throws when it fails, with what it said */
  async json<T>(...words: readonly string[]): Promise<T> {
    const result = await this.run(...words, "--json");
    if (result.code !== 0) throw new Error(`forkyard ${words.join(" ")}: exit ${result.code}: ${result.stderr}`);
    return JSON.parse(result.stdout) as T;
  }

  /** Writes a file that commands find by its name. */
  write(name: string, content: string): void {
    writeFileSync(join(this.path, name), content);
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), "utf8");
  }

  status(): Promise<DevnetStatus> {
    return this.json<DevnetStatus>("status");
  }

  /** Asks for the status until it is as wanted. @throws after `limitMs`, with the last one */
  async statusUntil(wanted: (status: DevnetStatus) => boolean, limitMs: number): Promise<DevnetStatus> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const status = await this.status();
      if (wanted(status)) return status;
      if (performance.now() > deadline) throw new Error(`not as wanted after ${limitMs} ms: ${JSON.stringify(status)}`);
    }
  }

  /** Ends what may run here and removes the folder. */
  async remove(): Promise<void> {
    await this.run("down");
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** True while a process of this number runs; one that has ended and waits to be cleared away does not. */
export function processRuns(pid: number): boolean {
  return isRunning(identifyProcess(pid));
}

async function text(stream: NodeJS.ReadableStream | null): Promise<string> {
  let all = "";
  for await (const chunk of stream ?? []) all += String(chunk);
  return all;
}

/** A port from which on each node of a devnet finds its two free. */
async function freePortBase(nodes: number): Promise<number> {
  for (;;) {
    const base = FIRST_PORT + Math.floor(Math.random() * PORT_RANGE);
    const ports = Array.from({ length: nodes }, (_, node) => base + PORTS_PER_NODE * node);
    const free = await Promise.all(ports.flatMap((port) => [isFree(port), isFree(port + 1)]));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
