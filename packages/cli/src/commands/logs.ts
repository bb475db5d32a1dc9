import { InputError } from "@forkyard/core/errors";
import { DEFAULT_LOG_LINES } from "@forkyard/devnet/limits";
import type { LogFile } from "@forkyard/devnet/observe/log-files";
import type { LogLine } from "@forkyard/devnet/observe/log-lines";
import type { Command } from "commander";
import { type DevnetOptions, folderOf, outputOf, withDevnet } from "../context.ts";
import { logText } from "../output/log-text.ts";
import type { Output } from "../output/output.ts";

const EXAMPLES = `
Examples:
  forkyard logs
  forkyard logs -f node2
  forkyard logs --lines 1000 --json`;

interface LogsOptions extends DevnetOptions {
  readonly follow?: boolean;
  readonly lines: string;
}

export function addLogs(program: Command): void {
  withDevnet(program.command("logs"))
    .description("what the nodes have logged, merged by time; also after the devnet has ended")
    .argument("[node]", "only this node")
    .option("-f, --follow", "go on with new lines until Ctrl-C; with --json one document a line")
    .option("-n, --lines <count>", "last lines of each node", String(DEFAULT_LOG_LINES))
    .addHelpText("after", EXAMPLES)
    .action(async (node: string | undefined, options: LogsOptions) => {
      const logs = await logFiles(options, node);
      const output = outputOf(options);
      const { readLogs } = await import("@forkyard/devnet/observe/log-files");
      const lines = readLogs(logs, parseLines(options.lines));
      if (options.follow === true) await follow(logs, lines, output);
      else output.result({ lines }, () => texts(lines, output));
    });
}

async function follow(logs: readonly LogFile[], lines: readonly LogLine[], output: Output): Promise<void> {
  const { followLogs } = await import("@forkyard/devnet/observe/log-files");
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort());
  process.once("SIGTERM", () => abort.abort());
  for (const line of lines) output.result(line, () => texts([line], output));
  for await (const line of followLogs(logs, abort.signal)) output.result(line, () => texts([line], output));
}

function texts(lines: readonly LogLine[], output: Output): readonly string[] {
  const width = Math.max(0, ...lines.map((line) => line.node.length));
  return lines.map((line) => logText(line, width, output));
}

async function logFiles(options: DevnetOptions, node: string | undefined): Promise<readonly LogFile[]> {
  const { readState } = await import("@forkyard/devnet/folder/state-file");
  const { nodeByWord } = await import("@forkyard/devnet/partition/groups");
  const folder = folderOf(options);
  const state = readState(folder);
  if (state === undefined) throw new InputError(`there is no devnet in ${folder.path}: start one with "forkyard up"`);
  const names = state.nodes.map((known) => known.name);
  const wanted = node === undefined ? names : [nodeByWord(node, names)];
  return state.nodes
    .filter(({ name }) => wanted.includes(name))
    .map(({ name, logFile }) => ({ node: name, file: logFile }));
}

function parseLines(text: string): number {
  if (!/^\d{1,7}$/.test(text) || Number(text) === 0)
    throw new InputError(`--lines ${JSON.stringify(text)}: give a number from 1 on`);
  return Number(text);
}
