/** Section C of the catalogue: targets, retargets and times. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scheduleTimeAfter } from "@forkyard/consensus/rules/retarget/asert";
import { nextBits } from "@forkyard/consensus/rules/retarget/next-bits";
import { HeaderLine } from "@forkyard/consensus/testing/header-line";
import type { RetargetRule } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import * as fc from "fast-check";
import { Forge } from "./support/forge.ts";
import { story } from "./support/play.ts";
import { SimNetwork } from "./support/sim-network.ts";
import { SimNode } from "./support/sim-node.ts";
import type { Story } from "./support/story.ts";
import { VirtualTime } from "./support/virtual-time.ts";

const EASIEST = 0x207fffff;
const regtest = networkByName("regtest");

for (const [name, bits, work, code] of [
  ["a little harder than demanded", 0x207ffffe, "met", "bad-diffbits"],
  ["much harder than demanded", 0x2000ffff, "met", "bad-diffbits"],
  ["negative", 0x20ffffff, "untried", "high-hash"],
  ["too large for 256 bits", 0xff7fffff, "untried", "high-hash"],
  ["zero", 0, "untried", "high-hash"],
  ["zero after its shift", 0x01003456, "untried", "high-hash"],
  ["easier than the network allows", 0x2100ffff, "untried", "high-hash"],
] as const) {
  story(`item 38: a target that is ${name}`, (chain) => {
    chain.grow(3).block().header({ bits }).work(work).headerRejected(code);
  });
}

story("item 38: a hash above the target", (chain) => {
  chain.grow(3).block().work("missed").headerRejected("high-hash");
});

/** Periods of four blocks instead of 2,016. */
const PERIODS: RetargetRule = { kind: "bitcoin", intervalBlocks: 4 };
const params = { retarget: PERIODS };

/** Grows to this height, each block so many seconds after the one before. */
function pace(chain: Story, height: number, seconds: number): void {
  while (chain.tipHeight < height) {
    const { time } = chain.forge.block(chain.tip).header;
    chain.grow(1, () => ({ time: time + seconds }));
  }
}

/** The block says these bits, as it should. */
function nextHas(chain: Story, bits: number): void {
  assert.equal(chain.block().accepted().header.bits.toString(16), bits.toString(16));
}

story(
  "item 39: the last block of a period has the bits of the period",
  (chain) => {
    pace(chain, 2, 1);
    chain.block().header({ bits: 0x201fffff }).headerRejected("bad-diffbits");
    nextHas(chain, EASIEST);
  },
  { params },
);

story(
  "item 39: a period that took next to no time: a quarter of the target, not less",
  (chain) => {
    pace(chain, 3, 1);
    chain.block().header({ bits: EASIEST }).headerRejected("bad-diffbits");
    chain.block().header({ bits: 0x200fffff }).headerRejected("bad-diffbits");
    nextHas(chain, 0x201fffff);
  },
  { params },
);

story(
  "item 39: blocks on time: three intervals are counted against four",
  (chain) => {
    pace(chain, 3, 600);
    chain.block().header({ bits: EASIEST }).headerRejected("bad-diffbits");
    nextHas(chain, 0x205fffff);
  },
  { params },
);

story(
  "item 39: the block after the first of a period keeps its bits",
  (chain) => {
    pace(chain, 4, 1);
    chain.block().header({ bits: EASIEST }).headerRejected("bad-diffbits");
    nextHas(chain, 0x201fffff);
  },
  { params },
);

story(
  "item 39: a period that took very long: four times the target, not more",
  (chain) => {
    pace(chain, 8, 1);
    assert.equal(chain.forge.block(chain.tip).header.bits, 0x2007ffff);
    pace(chain, 11, 100_000);
    chain.block().header({ bits: EASIEST }).headerRejected("bad-diffbits");
    nextHas(chain, 0x201ffffc);
  },
  { params },
);

story(
  "item 39: never easier than the limit",
  (chain) => {
    pace(chain, 3, 100_000);
    chain.block().header({ bits: 0x2101ffff }).work("untried").headerRejected("high-hash");
    nextHas(chain, EASIEST);
  },
  { params },
);

story(
  "item 38: few hard blocks outweigh many easy ones",
  (chain) => {
    pace(chain, 2, 600);
    // The easy branch takes its time and stays at the limit; the hard one has four times the work a block.
    const { time } = chain.forge.block(chain.tip).header;
    chain
      .block("easy 3")
      .header({ time: time + 90_000 })
      .accepted();
    for (let height = 4; height <= 7; height++) chain.block(`easy ${height}`).accepted();
    chain
      .block("hard 3")
      .on("block 2")
      .header({ time: time + 1 - 600 })
      .side();
    chain.block("hard 4").on("hard 3").side();
    chain.block("hard 5").on("hard 4").accepted();
    const { height, chainWork } = chain.forge.entry(chain.tip);
    assert.deepEqual([height, chain.forge.entry(chain.named("easy 7").hash).chainWork < chainWork], [5, true]);
  },
  { params: { retarget: PERIODS, spacingSeconds: 600 }, ways: ["gossip", "sync", "submitblock"] },
);

const BIP94 = { retarget: { ...PERIODS, bip94: true } as RetargetRule };

for (const [name, seconds, refused] of [
  ["600 seconds before the last one", -600, false],
  ["601 seconds before the last one", -601, true],
] as const) {
  story(
    `item 40: the first block of a period is dated ${name} (BIP94)`,
    (chain) => {
      pace(chain, 2, 600);
      // The last block of the period is far ahead, so that only this rule keeps the first of the next from going back.
      const { time } = chain.forge.block(chain.tip).header;
      chain
        .block()
        .header({ time: time + 7_000 })
        .accepted();
      const block = chain.block().header({ time: time + 7_000 + seconds });
      if (refused) block.headerRejected("time-timewarp-attack");
      else block.accepted();
    },
    { params: BIP94 },
  );
}

story(
  "item 40: within a period a block may go back further (BIP94)",
  (chain) => {
    pace(chain, 1, 600);
    const { time } = chain.forge.block(chain.tip).header;
    chain
      .block()
      .header({ time: time + 7_000 })
      .accepted();
    chain
      .block()
      .header({ time: time + 1 })
      .accepted();
  },
  { params: BIP94 },
);

const devnet = networkByName("devnet");

/** What the block after 40 others must say, whose times go on in such steps. */
function bitsAfter(steps: readonly number[]): number {
  const line = new HeaderLine();
  line.push({ time: 1_800_000_000, bits: 0x1f1fffff });
  for (const step of steps) {
    const time = line.tip().header.time + step;
    line.push({ time, bits: 0x1e7fffff, scheduleTime: scheduleTimeAfter(line.tip(), { time }, devnet) });
  }
  return nextBits(line.tip(), line.tip().header.time + 5, line, devnet);
}

describe("item 40: the devnet's retarget and far jumps in time", () => {
  test("whatever a block's time says, it moves the schedule by no more than the longest gap", () => {
    fc.assert(
      fc.property(fc.integer({ min: -7_200, max: 2 ** 31 }), (step) => {
        const line = new HeaderLine();
        const parent = line.push({ time: 1_800_000_000, scheduleTime: 1_000 });
        const moved = scheduleTimeAfter(parent, { time: parent.header.time + step }, devnet) - 1_000;
        assert.ok(Math.abs(moved) <= 30 && moved * step >= 0);
      }),
    );
  });

  test("a last block far ahead and a first far back make the next one no easier than honest times do", () => {
    const honest = bitsAfter(Array.from({ length: 40 }, () => 5));
    const zigzag = bitsAfter(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 7_000 : -6_990)));
    assert.ok(zigzag <= honest, `${zigzag.toString(16)} is easier than ${honest.toString(16)}`);
  });
});

for (const [name, beyond, code] of [
  ["the median of the eleven before", 0, "time-too-old"],
  ["a second before it", -1, "time-too-old"],
  ["a second after it", 1, undefined],
] as const) {
  story(`item 41: a block dated at ${name}`, (chain) => {
    chain.grow(14);
    const median = chain.forge.block(chain.tip).header.time - 5 * chain.params.spacingSeconds;
    const block = chain.block().header({ time: median + beyond });
    if (code === undefined) block.accepted();
    else block.headerRejected(code);
  });
}

const GENESIS_SECONDS = regtest.genesis.header.time;

story(
  "item 41: a block far ahead of the node's clock is refused, by nobody's fault",
  (chain) => {
    chain
      .grow(3)
      .block()
      .header({ time: GENESIS_SECONDS + 3_000 + 7_200 + 1_000 })
      .headerRejected("time-too-new");
  },
  { nowSeconds: GENESIS_SECONDS + 3_000 },
);

test("item 41: a block two hours ahead is taken, one a second more is taken a second later", async () => {
  const network = new SimNetwork(new VirtualTime((GENESIS_SECONDS + 3_000) * 1000));
  const node = await SimNode.start({ id: "node", params: regtest, network });
  const forge = new Forge(regtest);
  const limit = GENESIS_SECONDS + 3_000 + 7_200;
  const at = (time: number): ReturnType<Forge["build"]> => forge.build(regtest.genesis.hash, { header: { time } });
  const [early, late] = [at(limit), at(limit + 1)];
  assert.throws(() => node.node.submitOwnBlock(late), { code: "time-too-new" });
  assert.equal(node.status(late.hash), "unknown");
  assert.equal(node.node.submitOwnBlock(early).kind, "connected");
  network.time.run(1_000);
  assert.equal(node.node.submitOwnBlock(late).kind, "side");
  await node.stop();
});
