import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import fc from "fast-check";
import { sampleHash, sampleRun } from "../testing/sample-run.ts";
import type { WorldEvent } from "../world/event.ts";
import { blockTree } from "./block-tree.ts";
import { embeddedJson, escapeText } from "./markup.ts";
import { renderReport } from "./render-report.ts";
import { tipHistory } from "./tip-history.ts";
import { layoutTree } from "./tree-layout.ts";
import { treePng } from "./tree-png.ts";
import { treeSvg } from "./tree-svg.ts";

describe("the block tree of a run", () => {
  test("knows which chain won, who mined what, and what was secret for how long", () => {
    const tree = blockTree(sampleRun(3).events);
    assert.equal(tree.blocks.size, 7);
    assert.equal(tree.winner, sampleHash("b", 114));
    assert.equal(tree.blocks.get(sampleHash("a", 111))?.won, false);
    const secret = tree.blocks.get(sampleHash("b", 111));
    assert.deepEqual([secret?.won, secret?.withheld, secret?.miner], [true, true, "attacker"]);
    assert.equal((secret?.publicAtMs ?? 0) - (secret?.minedAtMs ?? 0), 3.5 * 600_000);
  });

  test("is drawn in lanes that do not touch, whatever its shape", () => {
    const shape = fc.array(fc.nat(), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(shape, (parents) => {
        const events: WorldEvent[] = [];
        const heights: number[] = [100];
        for (const [i, choice] of parents.entries()) {
          const parent = choice % heights.length;
          const height = (heights[parent] as number) + 1;
          heights.push(height);
          const block = { hash: sampleHash("x", i + 1), parent: sampleHash("x", parent), height, txids: [] };
          events.push({ type: "block", node: "n", atMs: i, ...block });
        }
        const tree = blockTree(events);
        const { placed, gaps, columns, lanes } = layoutTree(tree, new Set());
        const cells = new Set([...placed, ...gaps].map(({ column, lane }) => `${column} ${lane}`));
        assert.equal(cells.size, placed.length + gaps.length);
        const hidden = gaps.reduce((sum, gap) => sum + gap.blocks, 0);
        assert.equal(placed.length + hidden, tree.blocks.size, "no block is lost");
        for (const { column, lane, block } of placed) {
          assert.ok(column < columns && lane < lanes);
          if (block.won) assert.equal(lane, 0);
        }
      }),
    );
  });

  test("shrinks what is long and uneventful", () => {
    const layout = layoutTree(blockTree(sampleRun(7000).events), new Set<BlockHash>());
    assert.ok(layout.columns < 20, `${layout.columns} columns`);
    assert.equal(layout.gaps.length, 2);
  });
});

describe("the tips over time", () => {
  test("are one span a moment, with the depth of the reorganisation", () => {
    const { events } = sampleRun(2);
    const spans = tipHistory(events, blockTree(events)).get("shop");
    assert.deepEqual(
      spans?.map(({ height, won, reorgDepth }) => [height, won, reorgDepth]),
      [
        [111, false, 0],
        [112, false, 0],
        [113, true, 2],
      ],
    );
  });
});

const sized = (text: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40" font-family="sans-serif"><text x="5" y="25">${text}</text></svg>`;

describe("the report", () => {
  test("is one document without a link to anywhere, with everything in it", () => {
    const html = renderReport(sampleRun(6));
    assert.ok(!/(src|href)=/.test(html), "nothing is loaded");
    const parts = [
      "Double spend &#60;by&#62; 51%",
      "reorg on shop of depth 6",
      "deposit",
      "reversed",
      "--seed 1",
      "is robbed",
    ];
    for (const part of parts) assert.ok(html.includes(part), part);
    assert.ok(!html.includes("<by>"));
  });

  test("keeps what came from files inside of text", () => {
    const text = `</script><img src=x onerror='alert("1")'>&`;
    assert.ok(!/[<>"']/.test(escapeText(text)));
    assert.ok(!/[<>&]/.test(embeddedJson({ text })));
    assert.deepEqual(JSON.parse(embeddedJson({ text, amount: 5n })), { text, amount: "5" });
  });

  test("gives the tree as a PNG, with its text drawn, and refuses one that no picture can hold", async () => {
    const [tree, empty, named] = await Promise.all([treeSvg(sampleRun(2)), sized(""), sized("miner1")].map(treePng));
    for (const png of [tree, empty, named]) assert.equal(Buffer.from(png ?? []).toString("latin1", 1, 4), "PNG");
    assert.ok((named?.length ?? 0) > (empty?.length ?? 0) + 500, "letters are drawn");
    const wide = '<svg xmlns="http://www.w3.org/2000/svg" width="50000" height="40"></svg>';
    await assert.rejects(treePng(wide), InputError);
  });

  test("gives the tree as an SVG document of its own", () => {
    const svg = treeSvg(sampleRun(2));
    assert.ok(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"'));
    assert.equal(svg.match(/<rect [^>]*stroke-dasharray/g)?.length, 3, "three blocks were secret");
  });
});
