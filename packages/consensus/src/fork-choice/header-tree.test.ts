import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChainEntry } from "@forkyard/core/chain";
import { AssertionFault } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import * as fc from "fast-check";
import { MadeUpTree } from "../testing/made-up-tree.ts";
import { HeaderTree } from "./header-tree.ts";

describe("header tree: best header", () => {
  test("most work wins, not most blocks", () => {
    const t = new MadeUpTree();
    t.branch("light", "genesis", 3);
    t.header("heavy", "genesis", 31n);
    assert.equal(t.nameOf(t.tree.bestHeader()), "heavy");
    assert.equal(t.nameOf(t.tree.bestCandidate()), "light3", "a header without a body is no candidate");
  });

  test("the first one wins a tie", () => {
    const t = new MadeUpTree();
    t.header("first", "genesis");
    t.header("second", "genesis");
    assert.equal(t.nameOf(t.tree.bestHeader()), "first");
  });
});

describe("header tree: best candidate", () => {
  test("needs the bodies of all ancestors, in whatever order they come", () => {
    const t = new MadeUpTree();
    for (const [name, parent] of [
      ["a", "genesis"],
      ["b", "a"],
      ["c", "b"],
    ] as const)
      t.header(name, parent);
    t.body("c");
    assert.equal(t.nameOf(t.tree.bestCandidate()), "genesis");
    t.body("a");
    assert.equal(t.nameOf(t.tree.bestCandidate()), "a");
    t.body("b");
    assert.equal(t.nameOf(t.tree.bestCandidate()), "c");
  });

  test("first seen wins a tie, by bodies and not by headers", () => {
    const t = new MadeUpTree();
    t.header("early header", "genesis");
    t.header("early body", "genesis");
    t.body("early body");
    t.body("early header");
    assert.equal(t.nameOf(t.tree.bestCandidate()), "early body");
  });

  test("a branch completed late does not win a tie because its tip came early", () => {
    const t = new MadeUpTree();
    t.header("x1", "genesis");
    t.header("x2", "x1");
    t.body("x2");
    t.branch("y", "genesis", 2);
    t.body("x1");
    assert.equal(t.nameOf(t.tree.bestCandidate()), "y2");
  });

  test("connecting a block changes nothing about the choice", () => {
    const t = new MadeUpTree();
    t.block("a", "genesis");
    t.block("b", "genesis");
    assert.equal(t.tree.update(t.hash("b"), { status: "connected" }).status, "connected");
    assert.equal(t.nameOf(t.tree.bestCandidate()), "a");
  });
});

describe("header tree: invalid blocks", () => {
  test("take their descendants along, ancestors first, and the choice moves on", () => {
    const t = new MadeUpTree();
    t.branch("a", "genesis", 4);
    t.branch("fork", "a2", 1);
    t.block("other", "genesis");
    const changed = t.tree.invalidate(t.hash("a2"));
    assert.deepEqual(new Set(changed.map((entry) => t.nameOf(entry))), new Set(["a2", "a3", "a4", "fork1"]));
    assert.equal(t.nameOf(changed[0] as ChainEntry), "a2");
    assert.ok(changed.every((entry) => entry.status === "invalid" && t.tree.get(entry.hash) === entry));
    assert.equal(t.nameOf(t.tree.bestHeader()), "a1");
    assert.equal(t.nameOf(t.tree.bestCandidate()), "a1");
    assert.deepEqual(t.tree.invalidate(t.hash("a3")), [], "already invalid");
  });

  test("a child added later is invalid from the start", () => {
    const t = new MadeUpTree();
    t.block("bad", "genesis");
    t.tree.invalidate(t.hash("bad"));
    assert.equal(t.header("child", "bad", 1000n).status, "invalid");
    assert.equal(t.nameOf(t.tree.bestHeader()), "genesis");
  });

  test("misuse is our own mistake", () => {
    const t = new MadeUpTree();
    t.block("a", "genesis");
    assert.throws(() => t.tree.invalidate(t.hash("genesis")), AssertionFault);
    assert.throws(() => t.tree.update(t.hash("a"), { status: "invalid" }), AssertionFault);
    assert.throws(() => t.tree.update(t.hash("a"), { status: "header" }), AssertionFault);
    assert.throws(() => t.tree.update("00".repeat(32) as BlockHash, {}), AssertionFault);
    assert.throws(() => t.tree.add({ ...t.at("a"), hash: "ab".repeat(32) as BlockHash, height: 7 }), AssertionFault);
    t.tree.invalidate(t.hash("a"));
    assert.throws(() => t.tree.update(t.hash("a"), { status: "connected" }), AssertionFault);
  });
});

describe("header tree: ways through it", () => {
  const t = new MadeUpTree();
  t.branch("a", "genesis", 300);
  t.branch("b", "a120", 150);

  test("ancestors at every height, on either branch", () => {
    for (const tip of [t.at("a300"), t.at("b150")]) {
      let entry = tip;
      for (let height = tip.height; height >= 0; height--) {
        assert.equal(t.tree.ancestor(tip, height), entry);
        entry = t.tree.get(entry.header.prevHash) ?? entry;
      }
    }
    assert.equal(t.tree.isAncestor(t.at("a120"), t.at("b150")), true);
    assert.equal(t.tree.isAncestor(t.at("a121"), t.at("b150")), false);
    assert.throws(() => t.tree.ancestor(t.at("a5"), 6), AssertionFault);
  });

  test("fork points", () => {
    const cases = [
      ["a300", "b150", "a120"],
      ["b1", "a121", "a120"],
      ["a300", "a7", "a7"],
      ["b3", "b3", "b3"],
      ["a120", "b150", "a120"],
    ] as const;
    for (const [left, right, fork] of cases) {
      assert.equal(t.nameOf(t.tree.forkPoint(t.at(left), t.at(right))), fork);
      assert.equal(t.nameOf(t.tree.forkPoint(t.at(right), t.at(left))), fork);
    }
  });

  test("tips are the leaves", () => {
    assert.deepEqual(new Set(t.tree.tips().map((entry) => t.nameOf(entry))), new Set(["a300", "b150"]));
  });

  test("a locator leads another chain to the fork, or to its own tip", () => {
    const locator = t.tree.locator(t.at("b150"));
    assert.equal(locator[0], t.hash("b150"));
    assert.equal(locator.at(-1), t.hash("genesis"));
    const fork = t.tree.findFork(locator, t.at("a300"));
    assert.equal(t.tree.isAncestor(fork, t.at("a120")), true);
    assert.ok(fork.height > 0, "the locator has a hash below the fork that is not genesis");
    assert.equal(t.nameOf(t.tree.findFork(locator, t.at("b140"))), "b140");
    assert.equal(t.nameOf(t.tree.findFork(["ff".repeat(32) as BlockHash], t.at("a300"))), "genesis");
    assert.equal(t.nameOf(t.tree.findFork([], t.at("a300"))), "genesis");
  });

  test("adding a known header again changes nothing", () => {
    const size = t.tree.size;
    const known = t.at("a5");
    assert.equal(t.tree.add({ ...known, status: "header" }), known);
    assert.equal(t.tree.size, size);
  });
});

/** One step of a random history over blocks that are named by numbers. */
type Step =
  | { readonly kind: "header"; readonly parent: number; readonly work: number }
  | { readonly kind: "body" | "invalid"; readonly block: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("header" as const), parent: fc.nat(40), work: fc.nat(2) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("body" as const), block: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("invalid" as const), block: fc.nat(40) }) },
);

describe("header tree against a slow model", () => {
  test("any history of headers, bodies and invalid blocks leads to the same choice", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 80, size: "max" }), (steps) => {
        const t = new MadeUpTree();
        const names = ["genesis"];
        for (const each of steps) {
          applyStep(t, names, each);
          const entries = names.map((name) => t.at(name));
          assert.equal(t.tree.bestHeader(), slowBestHeader(entries));
          assert.equal(t.tree.bestCandidate(), slowBestCandidate(t.tree, entries));
        }
        assert.equal(reloaded(names.map((name) => t.at(name))).bestCandidate().hash, t.tree.bestCandidate().hash);
      }),
    );
  });
});

function applyStep(t: MadeUpTree, names: string[], step: Step): void {
  const index = step.kind === "header" ? step.parent : step.block;
  const name = names[index % names.length] as string;
  if (step.kind === "header") {
    t.header(`block ${names.length}`, name, BigInt(step.work + 1));
    names.push(`block ${names.length}`);
  } else if (step.kind === "body") {
    if (t.at(name).status === "header") t.body(name);
  } else if (name !== "genesis") t.tree.invalidate(t.hash(name));
}

function slowBestHeader(entries: readonly ChainEntry[]): ChainEntry | undefined {
  const valid = entries.filter((entry) => entry.status !== "invalid");
  return valid.reduce((best, entry) => (entry.chainWork > best.chainWork ? entry : best));
}

function firstDifference(a: readonly ChainEntry[], b: readonly ChainEntry[]): number {
  const at = a.findIndex((entry, height) => entry !== b[height]);
  return at < 0 ? 0 : (a[at]?.sequence ?? 0) - (b[at]?.sequence ?? 0);
}

function slowBestCandidate(tree: HeaderTree, entries: readonly ChainEntry[]): ChainEntry | undefined {
  const ranked = entries
    .map((entry) => ({ entry, path: Array.from({ length: entry.height + 1 }, (_, h) => tree.ancestor(entry, h)) }))
    .filter(({ path }) => path.every(({ status }) => status === "body" || status === "connected"))
    .map(({ entry, path }) => ({ entry, path, since: Math.max(...path.map(({ sequence }) => sequence)) }))
    .toSorted(
      (a, b) =>
        Number(b.entry.chainWork - a.entry.chainWork) ||
        a.since - b.since ||
        a.path.length - b.path.length ||
        firstDifference(a.path, b.path),
    );
  return ranked[0]?.entry;
}

/** A tree built from stored entries, as at start-up. */
function reloaded(entries: readonly ChainEntry[]): HeaderTree {
  const [genesis, ...rest] = entries as [ChainEntry, ...ChainEntry[]];
  const tree = new HeaderTree(genesis);
  for (const entry of rest) tree.add(entry);
  return tree;
}
