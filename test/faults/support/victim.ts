import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { BlockHash } from "@forkyard/core/hash";

const CHAIN_PROGRAM = new URL("chain-program.ts", import.meta.url);

/** What a process said until it was killed or ended. */
export interface Testimony {
  /** Tips that were on the disk, in order. */
  readonly tips: readonly { readonly height: number; readonly hash: BlockHash }[];
  /** Whether it had finished opening the folder. */
  readonly opened: boolean;
  readonly signal: string | null;
  readonly code: number | null;
  readonly lines: readonly string[];
}

export interface VictimOptions {
  readonly folder: string;
  readonly seed: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Killed when it has said so many lines, or so many milliseconds after it began to open the folder. */
  readonly killAfter?: { readonly lines: number } | { readonly milliseconds: number };
}

/** What any program said, and how it ended. */
export type Ended = Pick<Testimony, "lines" | "signal" | "code">;

/** Runs a program to its end. */
export async function runProgram(
  program: URL,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine: (line: string, child: ChildProcess) => void = () => {},
): Promise<Ended> {
  const words = ["--conditions=forkyard:source", fileURLToPath(program), ...args];
  const child: ChildProcess = spawn(process.execPath, words, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout as NodeJS.ReadableStream)) {
    lines.push(line);
    onLine(line, child);
  }
  const [code, signal] = await exited;
  return { lines, signal, code };
}

/** Runs the chain program to its end, or to the moment at which it is killed. */
export async function runVictim({ folder, seed, env = {}, killAfter }: VictimOptions): Promise<Testimony> {
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  const ended = await runProgram(CHAIN_PROGRAM, [folder, seed], env, (_, child) => {
    count += 1;
    if (killAfter === undefined) return;
    if ("lines" in killAfter && count === killAfter.lines) child.kill("SIGKILL");
    if ("milliseconds" in killAfter) timer ??= setTimeout(() => child.kill("SIGKILL"), killAfter.milliseconds);
  });
  clearTimeout(timer);
  const tips = ended.lines.flatMap((line) => {
    const [, height, hash] = /^(\d+) ([0-9a-f]{64})$/.exec(line) ?? [];
    return height === undefined ? [] : [{ height: Number(height), hash: hash as BlockHash }];
  });
  return { ...ended, tips, opened: ended.lines.includes("open") };
}
