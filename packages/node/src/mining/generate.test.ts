import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { networkByName } from "@forkyard/core/params/networks";
import { generate } from "./generate.ts";

const block = networkByName("regtest").genesis;

/** Blocks that take `blockMs` each; the search gives up after `found` of them, `submit` fails at number `failAt`. */
async function announcements(
  blocks: number,
  { blockMs, found = blocks, failAt }: { blockMs: number; found?: number; failAt?: number },
): Promise<{ mined: number | string; announcedAfter: readonly number[] }> {
  let nowMs = 0;
  let searched = 0;
  let submitted = 0;
  const announcedAfter: number[] = [];
  const request = { blocks, scriptPubKey: new Uint8Array(0), maxTries: 1, signal: new AbortController().signal };
  const mined = await generate(request, {
    miner: {
      exclusive: (task) => task(),
      search: async () => {
        nowMs += blockMs;
        searched += 1;
        return searched > found ? "aborted" : block;
      },
    },
    template: () => assert.fail("the search asks for it"),
    submit: async () => {
      if (submitted + 1 === failAt) throw new Error("refused");
      submitted += 1;
    },
    announce: () => announcedAfter.push(submitted),
    monotonicMs: () => nowMs,
  }).then(
    (hashes) => hashes.length,
    (error: Error) => error.message,
  );
  return { mined, announcedAfter };
}

describe("blocks on demand", () => {
  test("each is announced when they are slow", async () => {
    assert.deepEqual(await announcements(3, { blockMs: 200 }), { mined: 3, announcedAfter: [1, 2, 3] });
  });

  test("of many in a moment, one now and then and the last", async () => {
    const told = await announcements(6, { blockMs: 90 });
    assert.deepEqual(told, { mined: 6, announcedAfter: [1, 4, 6] });
  });

  test("the last one of those that were mined, whatever ended the call", async () => {
    const gaveUp = await announcements(9, { blockMs: 1, found: 5 });
    assert.deepEqual(gaveUp, { mined: 5, announcedAfter: [1, 5] });
    const refused = await announcements(9, { blockMs: 1, failAt: 4 });
    assert.deepEqual(refused, { mined: "refused", announcedAfter: [1, 3] });
    assert.deepEqual(await announcements(9, { blockMs: 1, found: 0 }), { mined: 0, announcedAfter: [] });
  });
});
