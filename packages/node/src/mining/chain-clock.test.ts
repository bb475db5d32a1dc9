import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import type { ChainEntry } from "@forkyard/core/chain";
import { InputError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { MAX_CHAIN_AHEAD_SECONDS } from "../limits.ts";
import { ChainClock } from "./chain-clock.ts";

const devnet = networkByName("devnet");
const regtest = networkByName("regtest");
const START = 1_800_000_000;

/** A clock under test, and the wall clock that it stands on. */
function clockOf(params = devnet): { clock: ChainClock; wall: { seconds: number } } {
  const wall = { seconds: START };
  return { clock: new ChainClock(params, () => wall.seconds), wall };
}

function tipAt(time: number): ChainEntry {
  const genesis = genesisEntry(devnet);
  return { ...genesis, header: { ...genesis.header, time } };
}

describe("the time in mined blocks", () => {
  test("is the wall clock's as long as nothing was mined on demand", () => {
    const { clock, wall } = clockOf();
    clock.tipChanged(tipAt(START - 3));
    wall.seconds += 2;
    assert.equal(clock.now(), START + 2);
    assert.equal(clock.onDemand(tipAt(START - 1000)), START + 2);
  });

  test("of blocks on demand is one spacing apart, and the miners go on from there", () => {
    const { clock, wall } = clockOf();
    let tip = tipAt(START);
    for (let block = 1; block <= 20; block++) {
      const time = clock.onDemand(tip);
      assert.equal(time, START + block * devnet.spacingSeconds);
      tip = tipAt(time);
      clock.tipChanged(tip);
    }
    wall.seconds += 7;
    assert.equal(clock.now(), tip.header.time + 7);
  });

  test("never runs further ahead than other nodes accept", () => {
    const { clock } = clockOf();
    const farthest = tipAt(START + MAX_CHAIN_AHEAD_SECONDS);
    clock.tipChanged(farthest);
    assert.throws(() => clock.onDemand(farthest), InputError);
    clock.tipChanged(tipAt(START + 7_200));
    assert.equal(clock.now(), START + MAX_CHAIN_AHEAD_SECONDS);
  });

  test("of a withheld block looks like honest mining, and is never later than now", () => {
    const { clock } = clockOf();
    assert.equal(clock.withheld(tipAt(START - 100)), START - 100 + devnet.spacingSeconds);
    assert.equal(clock.withheld(tipAt(START)), START);
  });

  test("is the wall clock's where the target does not follow every block", () => {
    const { clock } = clockOf(regtest);
    clock.tipChanged(tipAt(START + 500));
    assert.equal(clock.now(), START);
    assert.equal(clock.onDemand(tipAt(START + 500)), START);
  });
});
