import assert from "node:assert/strict";
import { test } from "node:test";
import { workOfBits } from "@forkyard/consensus/rules/target";
import { mine } from "@forkyard/consensus/testing/build-block";
import { HeaderLine } from "@forkyard/consensus/testing/header-line";
import { blockHashOf } from "@forkyard/core/header";
import { networkByName } from "@forkyard/core/params/networks";
import { LEAST_WORK_RESERVE_BLOCKS } from "../limits.ts";
import { leastWork, provenWork } from "./least-work.ts";

const params = networkByName("regtest");
const BITS = 0x207fffff;

test("a chain may lack a day of blocks as hard as the last one; one that is no longer than that demands nothing", () => {
  const tip = { ...new HeaderLine().push({ time: 1, bits: BITS }), chainWork: 1_000n };
  assert.equal(leastWork(tip), 1_000n - BigInt(LEAST_WORK_RESERVE_BLOCKS) * workOfBits(BITS));
  assert.equal(leastWork({ ...tip, chainWork: 5n }), 0n);
});

test("work counts only where headers follow one another, each with its proof", () => {
  const first = mine({ ...params.genesis.header, prevHash: params.genesis.hash, nonce: 0 }, []).header;
  const second = mine({ ...first, prevHash: blockHashOf(first), nonce: 0 }, []).header;
  assert.equal(provenWork([first, second], params), 2n * workOfBits(BITS));
  assert.equal(provenWork([second, first], params), undefined);
  assert.equal(provenWork([mine({ ...first, nonce: 0 }, [], false).header], params), undefined);
  assert.equal(provenWork([{ ...first, bits: 0x2100ffff }], params), undefined, "easier than the network allows");
  assert.equal(provenWork([], params), 0n);
});
