/**
 * A node's chain without its network, made to be killed: opens a folder as a node does, then connects blocks that spend
 * coins, side branches and reorganisations on regtest as fast as it can, and prints `HEIGHT HASH` for each tip that is
 * on the disk. Arguments: folder, seed. Environment: FORKYARD_CRASH_POINT=POINT:PASSAGE, FORKYARD_REINDEX=1,
 * FORKYARD_STEPS=N (then it closes and ends), FORKYARD_COIN_CACHE=JSON of how coins are kept.
 */
import { writeSync } from "node:fs";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { type BlockOptions, buildBlock, inputOf, payment } from "@forkyard/consensus/testing/build-block";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import { networkByName } from "@forkyard/core/params/networks";
import { systemClock } from "@forkyard/node/adapters/system-clock";
import { systemRandom } from "@forkyard/node/adapters/system-random";
import { Chain } from "@forkyard/node/chain/chain";
import { Pruner } from "@forkyard/node/chain/pruner";
import { openChain } from "@forkyard/node/recovery/open-chain";
import { LevelEngine } from "@forkyard/storage/engine/level-engine";
import type { CoinCacheOptions } from "@forkyard/storage/flush-policy";
import { openChainStore } from "@forkyard/storage/open-chain-store";
import { SeededRandom } from "../../fuzz/support/seeded-random.ts";
import { CrashPlan, UNCLOSED } from "./crash-points.ts";

const NOW_SECONDS = 2_000_000_000;
const MATURITY = 100;
const MAX_REORG_DEPTH = 5;
const KEPT_BLOCKS = Number(process.env["FORKYARD_KEPT_BLOCKS"] ?? 0);
/** Blocks whose writes are waited for together. */
const IN_FLIGHT = 4;

const [folder = "", seed = "1"] = process.argv.slice(2);
const random = new SeededRandom(seed);
const params = networkByName("regtest");
const crashes = new CrashPlan(process.env["FORKYARD_CRASH_POINT"] ?? "");
const coinCache = JSON.parse(process.env["FORKYARD_COIN_CACHE"] ?? "{}") as CoinCacheOptions;
const say = (line: string): void => void writeSync(1, `${line}\n`);
const identity = { networkName: params.name, genesisHash: params.genesis.hash };
const log = { debug: () => {}, info: () => {}, warn: (text: string) => say(`warn ${text}`), error: () => {} };
const curve = selectCurve();

say("opening");
const { store, start } = await openChain({
  folder,
  params,
  curve,
  clock: systemClock,
  random: systemRandom,
  log,
  reindex: process.env["FORKYARD_REINDEX"] === "1",
  openStore: async (path) =>
    openChainStore(crashes.around(await LevelEngine.open(path)), identity, systemRandom, coinCache),
  swapping: (done) => crashes.pass(done),
});
crashes.opened();
say("open");
const fail = (error: unknown): void => {
  say(`failed ${String(error)}`);
  process.exit(1);
};
const listener = {
  chainChanged: () => crashes.pass("between-batch-and-event"),
  sideBlock: () => {},
  blockInvalid: () => {},
};
const chain = new Chain({ params, store, curve, listener, storageFailed: fail }, start);
const pruner = KEPT_BLOCKS > 0 ? new Pruner({ chain, store, keepBlocks: KEPT_BLOCKS, storageFailed: fail }) : undefined;
/** Not where the coins are to be left behind. */
const flushesNowAndThen = process.env["FORKYARD_CRASH_POINT"] !== UNCLOSED;
let tag = random.u32() & 0xffff;

for (let steps = Number(process.env["FORKYARD_STEPS"] ?? Number.POSITIVE_INFINITY); steps > 0; steps--) {
  for (let i = 0; i < IN_FLIGHT; i++) step();
  pruner?.prune();
  if (flushesNowAndThen && random.oneIn(12)) await store.flush();
  const { height, hash } = chain.tip;
  await chain.durable();
  say(`${height} ${hash}`);
}
crashes.pass(UNCLOSED);
await store.close();
say("closed");

function step(): void {
  const depth = random.oneIn(5) ? 1 + random.below(Math.min(MAX_REORG_DEPTH, chain.tip.height)) : 0;
  if (depth === 0 || chain.tip.height < MAX_REORG_DEPTH) return submit(build(chain.tip));
  let on = chain.activeAt(chain.tip.height - depth) as ChainEntry;
  const length = random.oneIn(3) ? depth : depth + 1;
  for (let i = 0; i < length; i++) {
    const block = build(on);
    submit(block);
    on = chain.tree.get(block.hash) as ChainEntry;
  }
}

function submit(block: Block): void {
  chain.submitBlock(block, NOW_SECONDS);
}

/** Spends an old coinbase of the parent's chain, if it is still there: only blocks on the tip know that. */
function build(on: ChainEntry): Block {
  tag = (tag + 1) & 0xffff;
  const options: BlockOptions = { tag };
  const matured = on.height + 1 - MATURITY;
  if (on !== chain.tip || matured < 1) return buildBlock(on, params, options);
  const entry = chain.activeAt(1 + random.below(matured));
  const coinbase = entry === undefined ? undefined : chain.block(entry.hash)?.txs[0];
  if (coinbase === undefined || store.coin({ txid: coinbase.txid, vout: 0 }) === undefined) {
    return buildBlock(on, params, options);
  }
  const value = coinbase.outputs[0]?.value ?? 0n;
  const spend = payment([inputOf(coinbase.txid, 0)], [value / 2n, value - value / 2n]);
  return buildBlock(on, params, { ...options, txs: [spend] });
}
