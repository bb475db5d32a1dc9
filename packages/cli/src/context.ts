import { type DevnetFolder, devnetFolder } from "@forkyard/devnet/folder/layout";
import type { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import type { Command } from "commander";
import { Output } from "./output/output.ts";

/** Options that every command of a devnet takes. */
export interface DevnetOptions {
  readonly json?: boolean;
  readonly name?: string;
  readonly dir?: string;
}

/** Adds --json. */
export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON document");
}

/** Adds --json and the options that say which devnet is meant. */
export function withDevnet(command: Command): Command {
  return withJson(command)
    .option("--name <name>", "which devnet: a folder under $FORKYARD_HOME, else ~/.forkyard (default: default)")
    .option("--dir <folder>", "the devnet's folder itself");
}

export function folderOf(options: DevnetOptions): DevnetFolder {
  const { name, dir } = options;
  return devnetFolder(
    { ...(name === undefined ? {} : { name }), ...(dir === undefined ? {} : { directory: dir }) },
    process.env,
  );
}

/** What a person adds to another command so that it means the same devnet: " --name second". */
export function sameDevnet({ name, dir }: DevnetOptions): string {
  const words = [...(name === undefined ? [] : ["--name", name]), ...(dir === undefined ? [] : ["--dir", dir])];
  return words.map((word) => ` ${/^[\w./-]+$/.test(word) ? word : JSON.stringify(word)}`).join("");
}

export function outputOf(options: { readonly json?: boolean }): Output {
  return new Output(options.json === true, process.stdout, process.stderr, process.env);
}

/** Attaches to the running devnet for the time of `use`. */
export async function withRunningDevnet<T>(
  options: DevnetOptions,
  use: (devnet: RunningDevnet) => Promise<T>,
): Promise<T> {
  const running = await import("@forkyard/devnet/remote/running-devnet");
  const devnet = running.RunningDevnet.attach(folderOf(options));
  try {
    return await use(devnet);
  } finally {
    devnet.close();
  }
}
