import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { median, summary } from "./measure.ts";

function bench(...words: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return spawnSync(process.execPath, [...process.execArgv, main, ...words], { encoding: "utf8" });
}

describe("pnpm bench", () => {
  test("--list and --help say in one line each what is measured", () => {
    const { status, stdout } = bench("--list");
    assert.equal(status, 0);
    assert.equal(bench("--help").stdout, stdout);
    const lines = stdout.split("\n").slice(2, -1);
    assert.ok(lines.length >= 10);
    for (const line of lines) assert.match(line, /^[a-z-]+ {2,}\S.{30,}$/);
  });

  test("a benchmark that does not exist, or an option, is a mistake in usage", () => {
    for (const words of [["--only", "nosuch"], ["--nosuch"], ["hash-rate"]]) {
      const { status, stdout, stderr } = bench(...words);
      assert.equal(status, 2, words.join(" "));
      assert.equal(stdout, "");
      assert.match(stderr, /pnpm bench/);
    }
  });

  test("a result has mean, median and samples", () => {
    assert.deepEqual(summary("a", "ms", "wall", [3, 1, 2, 10]), {
      name: "a",
      unit: "ms",
      value: 4,
      median: 2.5,
      samples: [3, 1, 2, 10],
      clock: "wall",
    });
    assert.equal(median([5, 1, 2]), 2);
  });
});
