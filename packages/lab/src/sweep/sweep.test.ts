import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import fc from "fast-check";
import { mergeSweeps } from "./merge-sweep.ts";
import { readSweepFile, SweepFile, type SweepHeader, type SweepResult } from "./sweep-file.ts";
import { sweepCsv, sweepPlot } from "./sweep-output.ts";
import { inShard, parseShard, sweepJobs, sweepPoints } from "./sweep-points.ts";
import { summarise } from "./sweep-summary.ts";

const folder = mkdtempSync(join(tmpdir(), "forkyard-sweep-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const HEADER: SweepHeader = {
  sweep: "race",
  scenarioHash: "ab",
  firstSeed: 10,
  plan: {
    ranges: [
      { path: "nodes.attacker.hash", values: ["10%", "20%"] },
      { path: "actors.shop.confirmations", values: [1, 2, 6] },
    ],
    seeds: 2,
    measures: ["mallory.stole", "mallory.cost"],
  },
};

describe("the runs of a sweep", () => {
  test("are every combination with every seed, the last range changing fastest", () => {
    assert.equal(sweepPoints(HEADER.plan).length, 6);
    assert.deepEqual(sweepPoints(HEADER.plan)[1], { "nodes.attacker.hash": "10%", "actors.shop.confirmations": 2 });
    const jobs = [...sweepJobs(HEADER.plan, 10)];
    assert.equal(jobs.length, 12);
    assert.deepEqual(
      jobs.slice(0, 3).map(({ job, point, seed }) => [job, point, seed]),
      [
        [0, 0, 10],
        [1, 0, 11],
        [2, 1, 10],
      ],
    );
  });

  test("are each in exactly one shard", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (of) => {
        for (const job of sweepJobs(HEADER.plan, 1)) {
          const shards = Array.from({ length: of }, (_, i) => parseShard(`${i + 1}/${of}`));
          assert.equal(shards.filter((shard) => inShard(job, shard)).length, 1);
        }
      }),
    );
  });

  for (const wrong of ["0/3", "4/3", "1", "1/0", "-1/3", "a/b", "1/3/5"]) {
    test(`shard ${wrong} is refused`, () => assert.throws(() => parseShard(wrong), InputError));
  }
});

function stole(job: number, value: boolean, cost: number): SweepResult {
  const point = Math.floor(job / 2);
  return { job, point, seed: 10 + (job % 2), measured: { "mallory.stole": value, "mallory.cost": cost } };
}

describe("results of a sweep", () => {
  test("are gone on with after a line that was torn, and not mixed with another sweep's", () => {
    const path = join(folder, "results.jsonl");
    SweepFile.open(path, HEADER).append(stole(0, true, 5));
    appendFileSync(path, '{"job":1,"po');
    const again = SweepFile.open(path, HEADER);
    assert.deepEqual([...again.done], [0]);
    again.append(stole(1, false, 7));
    assert.equal(readSweepFile(path).results.length, 2);
    assert.throws(() => SweepFile.open(path, { ...HEADER, firstSeed: 11 }), InputError);
    appendFileSync(path, "nonsense\n");
    assert.throws(() => readSweepFile(path), /results\.jsonl:4/);
  });

  test("of several machines are joined, whatever their order, unless they contradict one another", () => {
    const paths = ["a", "b", "c"].map((name) => join(folder, `${name}.jsonl`));
    const [a = "", b = "", c = ""] = paths;
    const [fileA, fileB, fileC] = [a, b, c].map((path) => SweepFile.open(path, HEADER));
    for (const job of [2, 0]) fileA?.append(stole(job, true, 1));
    for (const job of [1, 0]) fileB?.append(stole(job, true, 1));
    fileC?.append(stole(0, false, 1));
    assert.deepEqual(
      mergeSweeps([a, b]).results.map(({ job }) => job),
      [0, 1, 2],
    );
    assert.deepEqual(mergeSweeps([b, a]), mergeSweeps([a, b]));
    assert.throws(() => mergeSweeps([a, c]), /another result for run 0/);
    const other = join(folder, "other.jsonl");
    SweepFile.open(other, { ...HEADER, sweep: "finney" });
    assert.throws(() => mergeSweeps([a, other]), /not parts of one sweep/);
  });

  test("are summed up by point, with intervals, as a table and as a plot", () => {
    const results = [stole(0, true, 1), stole(1, false, 3), stole(10, true, 4)];
    const points = summarise({ header: HEADER, results });
    assert.equal(points.length, 6);
    const { "mallory.stole": share, "mallory.cost": cost } = points[0]?.measures ?? {};
    assert.deepEqual([share?.mean, share?.runs, cost?.mean], [0.5, 2, 2]);
    assert.ok(share !== undefined && (share.low ?? 1) < 0.5 && (share.high ?? 0) > 0.5);
    assert.deepEqual(points[1]?.measures["mallory.stole"], { mean: null, low: null, high: null, runs: 0 });
    const csv = sweepCsv(HEADER, points).trimEnd().split("\n");
    assert.equal(csv.length, 7);
    assert.match(csv[0] ?? "", /^nodes\.attacker\.hash,actors\.shop\.confirmations,mallory\.stole,/);
    assert.match(csv[1] ?? "", /^10%,1,0\.5,/);
    const { series } = sweepPlot(HEADER, points);
    assert.deepEqual(
      series[0]?.points.map(({ x, y }) => [x, y]),
      [[10, 0.5]],
    );
    assert.equal(series[2]?.name, "actors.shop.confirmations 6");
  });
});
