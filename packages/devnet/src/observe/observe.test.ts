import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COIN, MAX_MONEY } from "@forkyard/core/units";
import { agreement } from "./agreement.ts";
import { mergeLogLines, parseLogLine } from "./log-lines.ts";
import { issuedUpTo } from "./supply.ts";

describe("agreement", () => {
  test("all show one tip; else the tip with the most work, not the highest", () => {
    const low = { name: "a", height: 9, tip: "x", chainWork: "0f" };
    const high = { name: "b", height: 8, tip: "y", chainWork: "10" };
    assert.deepEqual(agreement([low, { ...low, name: "c" }]), { agreed: true, height: 9, tip: "x" });
    assert.deepEqual(agreement([low, high]), { agreed: false, height: 8, tip: "y" });
    assert.equal(agreement([]).agreed, false);
  });
});

describe("supply", () => {
  test("50 coins a block from height 1 on, halved on time", () => {
    assert.equal(issuedUpTo(0, 150), 0n);
    assert.equal(issuedUpTo(149, 150), 149n * 50n * COIN);
    assert.equal(issuedUpTo(150, 150), 149n * 50n * COIN + 25n * COIN);
    assert.equal(issuedUpTo(300, 150), 149n * 50n * COIN + 150n * 25n * COIN + (25n * COIN) / 2n);
  });

  test("never reaches 21 million", () => {
    const all = issuedUpTo(100_000_000, 210_000);
    assert.ok(all < MAX_MONEY && all > MAX_MONEY - 100n * COIN);
  });
});

describe("log lines", () => {
  test("pino's lines and the text of a crash, merged by time", () => {
    const line = parseLogLine("node1", '{"level":40,"time":5,"name":"node1","pid":1,"msg":"slow","ms":7}', 0);
    assert.deepEqual(line, { node: "node1", timeMs: 5, level: "warn", message: "slow", fields: { ms: 7 } });
    const text = parseLogLine("node1", "{half a line", 5);
    assert.deepEqual(text, { node: "node1", timeMs: 5, level: "text", message: "{half a line", fields: {} });
    const other = parseLogLine("node2", '{"level":30,"time":4,"msg":"hello"}', 0);
    assert.deepEqual(mergeLogLines([[line, text], [other]]), [other, line, text]);
  });
});
