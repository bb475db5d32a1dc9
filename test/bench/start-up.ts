import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { keySpends } from "@forkyard/consensus/testing/key-spends";
import { toHex } from "@forkyard/core/bytes/bytes";
import { type BenchCase, measure, type Suite, summary } from "./measure.ts";
import { BenchNode } from "./support/bench-node.ts";
import { withTemporaryFolder } from "./support/temporary-folder.ts";

const ROUNDS = 5;
const LINES = 20_000;
const DIFFERENT_LINES = 500;

const launcher = fileURLToPath(import.meta.resolve("forkyard/main")).replace(/src\/main\.ts$/, "bin/forkyard.mjs");
const program = fileURLToPath(import.meta.resolve("forkyard/main"));
/** Run first in the program's process: tells at its end how much processor time it took. */
const tellCpu = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from "node:fs";
  process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    writeSync(2, "\\ncpu-ms " + (user + system) / 1000);
  });
`)}`;

/** How long people and programs wait for the first answer, and how many questions a second `verify-tx` answers. */
export const startUpSuite: Suite = {
  name: "start-up",
  about: "a node until RPC answers; forkyard --help and verify-tx; questions a second of verify-tx on JSON lines",
  run: (progress) =>
    withTemporaryFolder(async (folder) => [
      ...(await measure([nodeCase(folder), ...["--help", "verify-tx"].flatMap(commandCases)], ROUNDS, progress)),
      summary("verify-tx, JSON lines of P2WPKH spends", "lines/s", "wall", [await linesPerSecond()]),
    ]),
};

function nodeCase(folder: string): BenchCase {
  let started = 0;
  return {
    name: "node process until RPC answers, no chain yet, nothing cached",
    unit: "ms",
    clock: "wall",
    sample: async () => {
      const node = await BenchNode.start(folder, `started${started++}`);
      await node.stop();
      return node.startMs;
    },
  };
}

/** The command from source as a clone runs it, with Node's cache of compiled code, which the first round fills. */
function commandCases(command: string): BenchCase[] {
  const input = "";
  return [
    {
      name: `forkyard ${command}, start to end, launcher included`,
      unit: "ms",
      clock: "wall",
      sample: () => {
        const startedMs = performance.now();
        spawnSync(process.execPath, [launcher, command], { input });
        return performance.now() - startedMs;
      },
    },
    {
      name: `forkyard ${command}, processor time of all threads, nothing cached`,
      unit: "ms",
      clock: "process-cpu",
      sample: () => {
        const words = [...process.execArgv, "--import", tellCpu, program, command];
        const { stderr } = spawnSync(process.execPath, words, { input, encoding: "utf8" });
        return Number(/cpu-ms ([\d.]+)$/.exec(stderr)?.[1]);
      },
    },
  ];
}

async function linesPerSecond(): Promise<number> {
  const questions = keySpends(DIFFERENT_LINES).map(({ tx, coin: { outPoint, coin } }) => {
    const { value, scriptPubKey } = coin.output;
    const prevout = { ...outPoint, value: Number(value), scriptPubKey: toHex(scriptPubKey) };
    return JSON.stringify({ tx: toHex(tx.encode()), prevouts: [prevout], flags: "STANDARD" });
  });
  const input = `${Array.from({ length: LINES }, (_, i) => questions[i % DIFFERENT_LINES]).join("\n")}\n`;
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, program, "verify-tx", "--json"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(input);
  let accepted = 0;
  for await (const chunk of child.stdout.setEncoding("utf8") as AsyncIterable<string>) {
    accepted += chunk.split('"accepted":true').length - 1;
  }
  // A chunk may end inside the words.
  if (accepted < LINES * 0.99) throw new Error(`only ${accepted} of ${LINES} lines were accepted`);
  return (LINES / (performance.now() - startedMs)) * 1000;
}
