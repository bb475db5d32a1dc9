import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { EXIT_USAGE, failureOf } from "../exit-code.ts";
import { buildProgram } from "../program.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

function odds(words: string): Promise<Ended> {
  const parameters = [...process.execArgv, main, "odds", ...words.split(" ").filter((word) => word !== "")];
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, (error, out, err) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

interface Simulated {
  readonly runs: number;
  readonly successes: number;
  readonly probability: number;
  readonly low: number;
  readonly high: number;
  readonly seconds: number;
}

interface Answer {
  readonly model: string;
  readonly convention: string;
  readonly q: number;
  readonly z: number | null;
  readonly closedForm: number;
  readonly simulated: Simulated | null;
  readonly optimal?: { readonly revenue: number; readonly simulated: Simulated };
  readonly confirmationsForRisk?: number;
}

async function answered(words: string): Promise<Answer> {
  const { exitCode, out, err } = await odds(`${words} --json`);
  assert.deepEqual([exitCode, err], [0, ""]);
  return JSON.parse(out) as Answer;
}

function assertHolds({ low, high, probability, runs, successes }: Simulated, value: number): void {
  assert.ok(low < value && value < high, `${value} in ${low}..${high}`);
  assert.ok(probability >= low && probability <= high && runs > 0 && successes > 0);
}

describe("forkyard odds", () => {
  test("has the fields that scripts rely on, whatever the number of threads", async () => {
    const [one, two] = await Promise.all(
      [1, 2].map((workers) =>
        answered(`--q 0.3 --z 6 --model rosenfeld --simulate 100000 --seed 5 --workers ${workers}`),
      ),
    );
    assert.ok(one?.simulated && two?.simulated);
    assert.deepEqual([one.model, one.q, one.z, one.closedForm.toFixed(5)], ["rosenfeld", 0.3, 6, "0.15645"]);
    assert.match(one.convention, /mined ahead.*strictly ahead/);
    assert.equal(one.simulated.runs, 100_000);
    assert.equal(typeof one.simulated.seconds, "number");
    assertHolds(one.simulated, one.closedForm);
    assert.equal(two.simulated.successes, one.simulated.successes);
  });

  test("names the convention for people, and gives the other models", async () => {
    const { exitCode, out } = await odds("--q 0.1 --z 5");
    assert.equal(exitCode, 0);
    for (const part of ["nakamoto", "drawing level is enough", "0.000913682", "rosenfeld", "strict"]) {
      assert.ok(out.includes(part), part);
    }
  });

  test("prints the papers' tables, and tables of one share", async () => {
    const all = await odds("--table");
    assert.ok(all.out.includes("0.1773523") && all.out.includes("15.645") && all.out.includes("0.089107"));
    const { out } = await odds("--table --model rosenfeld --q 0.12 --z 12 --json");
    const { tables } = JSON.parse(out) as { tables: { model: string; rows: string[][] }[] };
    assert.deepEqual(
      tables.map(({ model, rows }) => [model, rows.length, rows[6]]),
      [["rosenfeld", 13, ["6", "0.161"]]],
    );
  });

  test("draws plots", async () => {
    const folder = mkdtempSync(join(tmpdir(), "forkyard-odds-"));
    try {
      const questions = [
        "--q 0.3 --z 12 --simulate 1000",
        "--q 0.2 --table",
        "selfish --alpha 0.3 --gamma 0.5 --simulate 1000",
        "stale --delay 20 --simulate 1000",
      ];
      for (const [i, words] of questions.entries()) {
        const file = join(folder, `${i}.svg`);
        const { exitCode, err } = await odds(`${words} --plot ${file}`);
        assert.deepEqual([exitCode, err], [0, ""]);
        const svg = readFileSync(file, "utf8");
        assert.ok(svg.startsWith("<svg ") && svg.includes("closed form") !== words.startsWith("selfish"), words);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("selfish mining: formula, best strategy, both simulated", async () => {
    const answer = await answered("selfish --alpha 0.35 --gamma 0 --optimal --max-fork-blocks 60 --simulate 100000");
    assert.equal(answer.closedForm.toFixed(5), "0.36651");
    assert.equal(answer.optimal?.revenue.toFixed(4), "0.3708");
    assert.ok(answer.simulated && answer.optimal);
    assertHolds(answer.simulated, answer.closedForm);
    assertHolds(answer.optimal.simulated, answer.optimal.revenue);
  });

  test("stale blocks, by both models", async () => {
    const constant = await answered("stale --delay 12.6 --own-share 0.1 --simulate 100000");
    assert.equal(constant.closedForm.toFixed(5), "0.01872");
    const decker = await answered("stale --model decker-wattenhofer --delay 11.37 --interval 633.68 --simulate 100000");
    assert.equal(decker.closedForm.toFixed(4), "0.0178");
    for (const { simulated, closedForm } of [constant, decker]) {
      assert.ok(simulated);
      assertHolds(simulated, closedForm);
    }
  });

  test("policy: confirmations by profit and by risk", async () => {
    const answer = await answered("policy --amount 100 --q 0.1 --hash-cost 3 --simulate 100000");
    assert.deepEqual([answer.z, answer.confirmationsForRisk, answer.closedForm.toFixed(6)], [4, 6, "0.005456"]);
    const hopeless = await answered("policy --amount 50 --q 0.6 --hash-cost 3 --block-reward 5");
    assert.deepEqual([hopeless.z, hopeless.simulated], [null, null]);
  });
});

describe("forkyard odds refuses", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["", /--q is missing/],
    ["--q 0.3", /--z is missing: a whole number/],
    ["--q 1.3 --z 6", /--q "1.3": .* from 0 to 1/],
    ["--q -0.1 --z 6", /--q "-0.1"/],
    ["--q 30% --z 6", /--q "30%"/],
    ["--q 0.3 --z -1", /--z "-1": a whole number from 0/],
    ["--q 0.3 --z 1.5", /--z "1.5"/],
    ["--q 0.3 --z 6 --model poisson", /--model "poisson": it is one of nakamoto, rosenfeld, strict/],
    ["--q 0.3 --z 6 --simulate 0", /--simulate "0"/],
    ["--q 0.3 --z 6 --seed x", /--seed "x"/],
    ["--q 0.3 --z 6 --plot /nonexistent/a.svg", /cannot write "\/nonexistent\/a.svg"/],
    ["--table --plot a.svg", /--q is missing/],
    ["double", /too many arguments/],
    ["selfish --alpha 0.5 --gamma 0", /--alpha "0.5": .* below 0.5/],
    ["selfish --alpha 0.3", /--gamma is missing/],
    ["selfish --alpha 0.3 --gamma 2", /--gamma "2"/],
    ["stale", /--delay is missing/],
    ["stale --delay 3 --model x", /--model "x": it is one of constant-delay, decker-wattenhofer/],
    ["policy --amount 1 --q 0 --hash-cost 1", /--q "0"/],
    ["policy --amount 1 --q 0.1", /--hash-cost is missing/],
  ];
  for (const [words, line] of wrong) {
    test(words === "" ? "nothing" : words, async () => {
      const program = buildProgram().parseAsync(["odds", ...words.split(" ").filter((word) => word !== "")], {
        from: "user",
      });
      const failure = await program.then(() => undefined, failureOf);
      assert.equal(failure?.exitCode, EXIT_USAGE);
      assert.match(failure?.message ?? "", line);
      assert.ok(!failure?.message?.includes("\n"));
    });
  }
});
