import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const STOP_LIMIT_MS = 10_000;

/** Why hosts cannot be made here; undefined where they can. */
export function noHostsBecause(): string | undefined {
  const probe = `fy${process.pid}-probe`;
  try {
    // Root within a container may not be allowed to, either.
    ip("netns", "add", probe);
    ip("netns", "del", probe);
    return undefined;
  } catch (error) {
    return `no network namespaces here: ${(error as Error).message.split("\n").join(" ")}`;
  }
}

/**
 * Hosts on one switch, each a network namespace with an interface of its own; nothing of theirs touches the machine's
 * network. Needs root and iproute2.
 */
export class Hosts {
  readonly #switch: string;
  readonly #names: string[] = [];
  readonly #programs: ChildProcess[] = [];

  constructor() {
    this.#switch = `fy${process.pid}`;
    ip("netns", "add", this.#switch);
    ip("-n", this.#switch, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
    ip("-n", this.#switch, "link", "set", "br0", "up");
  }

  /** One more host. @returns its number; its address is 10.77.0.(number + 1) */
  add(): number {
    const host = this.#names.length;
    const name = `${this.#switch}-${host}`;
    ip("netns", "add", name);
    this.#names.push(name);
    ip("link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", `port${host}`, "netns", this.#switch);
    ip("-n", this.#switch, "link", "set", `port${host}`, "master", "br0", "up");
    ip("-n", name, "link", "set", "lo", "up");
    ip("-n", name, "addr", "add", `${addressOf(host)}/24`, "dev", "eth0");
    ip("-n", name, "link", "set", "eth0", "up");
    ip("-n", name, "route", "add", "224.0.0.0/4", "dev", "eth0");
    return host;
  }

  /** Starts a program of Node's on a host and waits for its first line. @throws with what it said when it ends before */
  async start(host: number, words: readonly string[]): Promise<string> {
    const child = spawn("ip", ["netns", "exec", this.#names[host] ?? "", process.execPath, ...words]);
    this.#programs.push(child);
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`ended with ${code}: ${errors}`)));
    });
  }

  /** Runs a program of Node's on a host to its end. @returns what it printed */
  run(host: number, words: readonly string[]): string {
    const command = ["netns", "exec", this.#names[host] ?? "", process.execPath, ...words];
    return execFileSync("ip", command, { encoding: "utf8" });
  }

  async remove(): Promise<void> {
    await Promise.all(this.#programs.map(stop));
    for (const name of [...this.#names, this.#switch]) ip("netns", "del", name);
  }
}

export function addressOf(host: number): string {
  return `10.77.0.${host + 1}`;
}

function ip(...words: readonly string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
}

async function stop(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const exited = new Promise((resolve) => program.once("exit", resolve));
  program.kill("SIGTERM");
  const hung = setTimeout(() => program.kill("SIGKILL"), STOP_LIMIT_MS);
  await exited;
  clearTimeout(hung);
}
