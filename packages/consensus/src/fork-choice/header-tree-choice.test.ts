import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MadeUpTree } from "../testing/made-up-tree.ts";

const everyBody = (): boolean => true;

describe("header tree: candidates by work", () => {
  test("the last complete block of each branch with more work, most work first, first seen first", () => {
    const t = new MadeUpTree();
    t.branch("a", "genesis", 2);
    t.branch("b", "genesis", 3);
    t.branch("c", "genesis", 3);
    t.header("b4", "b3");
    const names = (work: bigint): string[] => t.tree.candidatesAbove(work).map((entry) => t.nameOf(entry));
    assert.deepEqual(names(0n), ["b3", "c3", "a2"], "b4 has no body yet");
    assert.deepEqual(names(t.at("a2").chainWork), ["b3", "c3"]);
    t.body("b4");
    assert.deepEqual(names(t.at("b3").chainWork), ["b4"]);
  });

  test("nothing on an invalid block is one", () => {
    const t = new MadeUpTree();
    t.branch("a", "genesis", 3);
    t.tree.invalidate(t.hash("a2"));
    assert.deepEqual(
      t.tree.candidatesAbove(0n).map((entry) => t.nameOf(entry)),
      ["a1"],
    );
  });
});

describe("header tree: branches that one body completes at once", () => {
  test("the one whose body came first above the fork wins a tie, whatever came first after that", () => {
    const t = new MadeUpTree();
    t.header("root", "genesis");
    for (const [name, parent] of [
      ["a1", "root"],
      ["b1", "root"],
      ["a2", "a1"],
      ["b2", "b1"],
    ] as const)
      t.header(name, parent);
    for (const name of ["b1", "a1", "a2", "b2", "root"]) t.body(name);
    assert.equal(t.nameOf(t.tree.bestCandidate()), "b2");
    assert.deepEqual([t.tree.isBetter(t.at("b2"), t.at("a2")), t.tree.isBetter(t.at("a2"), t.at("b2"))], [true, false]);
    assert.equal(t.tree.isBetter(t.at("a2"), t.at("a2")), false);
  });

  test("of fewer and heavier blocks and more and lighter ones the fewer are linked first", () => {
    const t = new MadeUpTree();
    t.header("root", "genesis");
    t.header("light1", "root", 1n);
    t.header("light2", "light1", 1n);
    t.header("heavy", "root", 2n);
    for (const name of ["light1", "light2", "heavy", "root"]) t.body(name);
    assert.equal(t.nameOf(t.tree.bestCandidate()), "heavy");
  });
});

describe("header tree: invalid blocks reconsidered", () => {
  test("ancestors and descendants come back with their bodies, and the best is found again", () => {
    const t = new MadeUpTree();
    t.branch("a", "genesis", 4);
    t.branch("b", "genesis", 1);
    t.tree.invalidate(t.hash("a2"));
    assert.equal(t.nameOf(t.tree.bestCandidate()), "a1");
    const changed = t.tree.reconsider(t.hash("a3"), everyBody);
    assert.deepEqual(
      changed.map((entry) => [t.nameOf(entry), entry.status]),
      [
        ["a2", "body"],
        ["a3", "body"],
        ["a4", "body"],
      ],
    );
    assert.equal(t.nameOf(t.tree.bestCandidate()), "a4");
  });

  test("without its body it is a header again, and no candidate", () => {
    const t = new MadeUpTree();
    t.branch("a", "genesis", 1);
    t.header("a2", "a1");
    t.tree.invalidate(t.hash("a2"));
    t.tree.reconsider(t.hash("a2"), () => false);
    assert.equal(t.at("a2").status, "header");
    assert.equal(t.nameOf(t.tree.bestHeader()), "a2");
    assert.equal(t.nameOf(t.tree.bestCandidate()), "a1");
  });

  test("what was never invalid stays as it is", () => {
    const t = new MadeUpTree();
    t.branch("a", "genesis", 2);
    assert.deepEqual(t.tree.reconsider(t.hash("a1"), everyBody), []);
  });
});
