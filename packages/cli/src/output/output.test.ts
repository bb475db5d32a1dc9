import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DevnetStatus, NodeLine } from "@forkyard/devnet/observe/status";
import { eventText } from "./event-text.ts";
import { logText } from "./log-text.ts";
import { Output } from "./output.ts";
import { statusLines } from "./status-lines.ts";
import { table } from "./table.ts";

class Sink {
  readonly isTTY: boolean;
  text = "";

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
  }
}

function output(options: { json?: boolean; tty?: boolean; environment?: Record<string, string> }): {
  out: Sink;
  err: Sink;
  output: Output;
} {
  const out = new Sink(options.tty === true);
  const err = new Sink(options.tty === true);
  return { out, err, output: new Output(options.json === true, out, err, options.environment ?? {}) };
}

describe("output", () => {
  test("one JSON document on standard output, everything else on standard error", () => {
    const { out, err, output: target } = output({ json: true });
    target.line("event");
    target.note("note");
    target.result({ a: 1 }, () => ["lines"]);
    assert.equal(out.text, '{"a":1}\n');
    assert.equal(err.text, "event\nnote\n");
  });

  test("lines for people on standard output, notes on standard error, no progress in a pipe", () => {
    const { out, err, output: target } = output({});
    target.line("event");
    target.note("note");
    target.progress("5 %");
    target.result({ a: 1 }, () => ["one", "two"]);
    assert.equal(out.text, "event\none\ntwo\n");
    assert.equal(err.text, "note\n");
  });

  test("progress on a terminal gives way to the next line", () => {
    const { err, output: target } = output({ tty: true });
    target.progress("5 %");
    target.progress("6 %");
    target.note("note");
    target.note("other");
    assert.equal(err.text, "5 %\r\u001B[K6 %\r\u001B[Knote\nother\n");
  });

  test("colours on a terminal, unless NO_COLOR is set", () => {
    assert.equal(output({ tty: true }).output.style("red", "x"), "\u001B[31mx\u001B[39m");
    assert.equal(output({ tty: true, environment: { NO_COLOR: "1" } }).output.style("red", "x"), "x");
    assert.equal(output({ tty: true, environment: { TERM: "dumb" } }).output.style("red", "x"), "x");
    assert.equal(output({}).output.style("red", "x"), "x");
  });
});

describe("table", () => {
  test("numbers to the right, words to the left", () => {
    assert.deepEqual(
      table(
        ["NAME", "N"],
        [
          ["a", "10"],
          ["long name", "5"],
        ],
      ),
      ["NAME        N", "a          10", "long name   5"],
    );
  });
});

function node(change: Partial<NodeLine>): NodeLine {
  return {
    name: "node1",
    pid: 1,
    peerId: null,
    rpc: "",
    cookieFile: "",
    p2p: "",
    running: true,
    height: 7,
    tip: "abc",
    peers: 1,
    mempool: 0,
    hashShare: 0.5,
    hashRate: 1,
    curve: "native",
    grinder: "simd",
    wallets: [],
    coins: null,
    ...change,
  };
}

function status(change: Partial<DevnetStatus>): DevnetStatus {
  const nodes = [node({}), node({ name: "node2" })];
  return { network: "devnet", directory: "", agreed: true, height: 7, tip: "abc", nodes, partition: null, ...change };
}

describe("lines of a status", () => {
  const plain = output({}).output;
  const verdictOf = (change: Partial<DevnetStatus>): string => statusLines(status(change), plain).at(-1) ?? "";

  test("say whether the nodes agree, and if not, why", () => {
    assert.equal(verdictOf({}), "all 2 nodes agree at height 7 on abc");
    assert.match(verdictOf({ agreed: false }), /do not agree \(yet\)/);
    assert.match(verdictOf({ agreed: false, nodes: [node({}), node({ running: false })] }), /^1 of 2 nodes runs/);
    assert.match(verdictOf({ agreed: false, partition: [["node1"], ["node2"]] }), /^cut into node1 \/ node2/);
  });
});

describe("lines of events and logs", () => {
  const plain = output({}).output;

  test("time, kind, text", () => {
    assert.match(
      eventText({ timeMs: 0, kind: "reorg", text: "depth 3" }, plain),
      /^\d\d:\d\d:\d\d {2}reorg {5}depth 3$/,
    );
  });

  test("what a stranger sent cannot forge a line", () => {
    const line = { node: "node1", timeMs: 0, level: "warn", message: "x\ny\u001B[2J", fields: { agent: "a\nb" } };
    assert.equal(logText(line, 5, plain), '00:00:00.000 node1 warn  x\\ny\\u001b[2J agent="a\\nb"');
  });
});
