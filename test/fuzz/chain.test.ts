/**
 * Valid regtest blocks, changed at random, into the chain of a node, among honest blocks on several branches. Only rules
 * may be broken; a refused block changes nothing; the tip is always the one that a simple model says it is; and at the
 * end the coins are those of a node that has seen nothing but the active chain.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANYONE_CAN_SPEND, inputOf, payment } from "@forkyard/consensus/testing/build-block";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import { type Block, blockFromBytes, encodeBlock } from "@forkyard/core/block";
import { equalBytes, toHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import { RuleError } from "@forkyard/core/errors";
import { type BlockHash, sha256 } from "@forkyard/core/hash";
import { payToWitness } from "@forkyard/core/script/templates";
import type { OutPoint, Transaction } from "@forkyard/core/tx";
import type { BlockOutcome } from "@forkyard/node/chain/block-verdict";
import { ChainWorld } from "@forkyard/node/testing/chain-world";
import { auditCoins } from "@forkyard/storage/audit-coins";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import { changeBlock } from "./support/change-block.ts";
import { plan } from "./support/plan.ts";
import { SeededRandom } from "./support/seeded-random.ts";

const DEFAULT_STEPS = 1_500;
const MATURE_BLOCKS = 101;
/** How far below the tip a branch may begin. */
const MAX_FORK_DEPTH = 6;
const STEPS_PER_OVERTAKING = 15;
/** Outputs looked at for one payment. */
const CANDIDATES = 8;
const AUDIT_EVERY_STEPS = 200;

const random = new SeededRandom(`${plan.seed}/chain`);
const steps = plan.runs ?? DEFAULT_STEPS;

/** What a node must make of the blocks it took: most blocks win (all have equal work), the first among equals. */
class ModelChain {
  tip: { readonly hash: BlockHash; readonly height: number };

  constructor(tip: { readonly hash: BlockHash; readonly height: number }) {
    this.tip = { hash: tip.hash, height: tip.height };
  }

  taken(outcome: BlockOutcome): void {
    if (outcome.kind !== "connected" && outcome.kind !== "side") return;
    const { hash, height } = outcome.entry;
    if (height > this.tip.height) this.tip = { hash, height };
  }
}

/** An output script that anybody can spend by showing the script: the witness is one element. */
const SHOWN_SCRIPT = ANYONE_CAN_SPEND;
const WITNESS_OUTPUT = payToWitness(0, sha256(SHOWN_SCRIPT));

interface Spendable {
  readonly outPoint: OutPoint;
  readonly witness: readonly Uint8Array[];
}

/** Coins that transactions of the next blocks may try to spend; whether they exist on a branch is not known. */
const spendable: Spendable[] = [];

function remember(block: Block): void {
  for (const { txid, outputs } of block.txs) {
    for (const [vout, { scriptPubKey }] of outputs.entries()) {
      const witness = equalBytes(scriptPubKey, WITNESS_OUTPUT) ? [SHOWN_SCRIPT] : [];
      spendable.push({ outPoint: { txid, vout }, witness });
    }
  }
}

/** A transaction that mostly spends what is there at the tip; whether it is there on the branch it gets into is not known. */
function randomPayment(world: ChainWorld): Transaction {
  const candidates = Array.from({ length: CANDIDATES }, () => random.pick(spendable));
  const there = random.oneIn(8) ? [] : candidates.filter(({ outPoint }) => isRipe(world, outPoint));
  const spent = (there.length > 0 ? there : candidates).slice(0, 1 + random.below(2));
  const inputs = spent.map(({ outPoint, witness }) => inputOf(outPoint.txid, outPoint.vout, { witness }));
  const total = spent.reduce((sum, { outPoint }) => sum + (world.store.coin(outPoint)?.output.value ?? 50n), 0n);
  const first = total / BigInt(1 + random.below(4));
  const outputs = (random.oneIn(2) ? [first] : [first, total - first]).map((value) => ({
    value,
    scriptPubKey: random.oneIn(2) ? WITNESS_OUTPUT : ANYONE_CAN_SPEND,
  }));
  return payment(inputs, [], { outputs });
}

function isRipe(world: ChainWorld, outPoint: OutPoint): boolean {
  const coin = world.store.coin(outPoint);
  return (
    coin !== undefined && (!coin.coinbase || coin.height + world.params.coinbaseMaturity <= world.chain.tip.height)
  );
}

/** Other tips not far below, highest first. */
function sideTips({ chain: { tip, tree } }: ChainWorld): ChainEntry[] {
  const sides = tree.tips().filter(({ status, height }) => status === "body" && height + MAX_FORK_DEPTH > tip.height);
  return sides.toSorted((a, b) => b.height - a.height);
}

/** On the tip, on another tip not far below, or on a block that has children already. */
function randomParent(world: ChainWorld): ChainEntry {
  const { tip } = world.chain;
  if (random.oneIn(2)) return tip;
  if (random.oneIn(4)) return world.chain.activeAt(tip.height - random.below(MAX_FORK_DEPTH)) ?? tip;
  return sideTips(world)[random.below(2)] ?? tip;
}

function randomBlock(world: ChainWorld): Block {
  const txs = Array.from({ length: random.below(3) }, () => randomPayment(world));
  return world.build({ on: randomParent(world).hash, txs, coinbaseValue: BigInt(random.below(2) * 12) });
}

interface Tally {
  connected: number;
  side: number;
  duplicate: number;
  refused: Map<string, number>;
}

const tally: Tally = { connected: 0, side: 0, duplicate: 0, refused: new Map() };

/** Submits a block as it comes from the network: through its bytes. */
function submit(world: ChainWorld, model: ModelChain, block: Block): BlockOutcome | RuleError {
  const before = { tip: world.chain.tip, record: world.chain.tipRecord, stored: world.store.tip() };
  const bytes = encodeBlock(block);
  const outcome = attempt(() => world.submit(blockFromBytes(bytes)));
  if (outcome instanceof RuleError) {
    tally.refused.set(outcome.code, (tally.refused.get(outcome.code) ?? 0) + 1);
    const after = { tip: world.chain.tip, record: world.chain.tipRecord, stored: world.store.tip() };
    assert.deepEqual(after, before, `a refused block (${outcome.message}) changes neither tip nor coins`);
    return outcome;
  }
  model.taken(outcome);
  if (outcome.kind !== "unknown-parent") tally[outcome.kind] += 1;
  assert.equal(world.chain.tip.hash, model.tip.hash, `after ${outcome.kind}`);
  assert.deepEqual(world.store.tip(), world.chain.tipRecord);
  if (outcome.kind === "connected" || outcome.kind === "side") remember(block);
  return outcome;
}

function attempt(action: () => BlockOutcome): BlockOutcome | RuleError {
  try {
    return action();
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
}

/** One step: an honest try, or a changed copy, and after a copy under the same hash the original. */
function step(world: ChainWorld, model: ModelChain): void {
  const block = randomBlock(world);
  const changed = random.oneIn(3) ? undefined : changeBlock(block, random);
  if (changed === undefined) {
    submit(world, model, block);
    return;
  }
  const fresh = !world.chain.tree.has(changed.hash);
  const outcome = submit(world, model, changed);
  const isCopy = changed.hash === block.hash && fresh && toHex(encodeBlock(changed)) !== toHex(encodeBlock(block));
  if (!isCopy) return;
  const original = submit(world, model, block);
  if (!(outcome instanceof RuleError)) return;
  const condemned = original instanceof RuleError && original.code === "duplicate-invalid";
  if (!condemned) return;
  assert.ok(isInvalid(world, block), `a copy refused for ${outcome.code} condemned the hash of a valid block`);
}

/** A branch beside the chain gets more work, unless a block of it breaks a rule. */
function overtake(world: ChainWorld, model: ModelChain): void {
  const { tip } = world.chain;
  let on = sideTips(world)[0];
  while (on !== undefined && on.status !== "invalid" && on.height <= tip.height) {
    const block = world.build({ on: on.hash });
    submit(world, model, block);
    on = world.chain.tree.get(block.hash);
  }
}

/** By rules and coins alone, on a chain that has seen nothing but the block's ancestors. */
function isInvalid(world: ChainWorld, block: Block): boolean {
  const replay = replayOf(world, world.entry(block.header.prevHash));
  try {
    replay.connect(block);
    return false;
  } catch (error) {
    if (error instanceof RuleError) return true;
    throw error;
  }
}

function replayOf(world: ChainWorld, tip: ChainEntry): TestChain {
  const replay = new TestChain();
  for (let height = 1; height <= tip.height; height++) {
    replay.connect(world.chain.block(world.chain.tree.ancestor(tip, height).hash) as Block);
  }
  return replay;
}

async function assertSameAsReplay(world: ChainWorld): Promise<void> {
  const replay = replayOf(world, world.chain.tip);
  const coins = await world.coins();
  assert.deepEqual([...coins.keys()], [...replay.coins.snapshot().keys()]);
  assert.deepEqual(coins, replay.coins.snapshot());
  assert.equal(replay.coins.total(), world.chain.tipRecord.coinTotal);
  assert.equal(coins.size, world.chain.tipRecord.coinCount);
}

test("fuzz: blocks changed at random, submitted to the chain among honest ones", async (context) => {
  context.diagnostic(
    `repeat: FORKYARD_FUZZ_SEED=${plan.seed} FORKYARD_FUZZ_RUNS=${steps} npm test -- test/fuzz/chain.test.ts`,
  );
  const store = memoryChainStore();
  const world = await ChainWorld.open(store);
  for (const block of world.grow(MATURE_BLOCKS)) remember(block);
  const model = new ModelChain(world.chain.tip);
  for (let done = 1; done <= steps; done++) {
    step(world, model);
    if (random.oneIn(STEPS_PER_OVERTAKING)) overtake(world, model);
    if (done % AUDIT_EVERY_STEPS === 0) assert.ok((await auditCoins(store)).consistent, `step ${done}`);
  }
  assert.deepEqual(world.storageFailures, []);
  await assertSameAsReplay(world);
  const again = await ChainWorld.open(store);
  assert.deepEqual(again.chain.tipRecord, world.chain.tipRecord, "a restart changes nothing");
  const reorgs = world.news.filter((news) => news.kind === "changed" && news.change.disconnected.length > 0).length;
  const { connected, side, duplicate, refused } = tally;
  context.diagnostic(
    `${connected} connected, ${side} beside, ${duplicate} known, ${reorgs} reorganisations, refused: `,
  );
  context.diagnostic([...refused].map(([code, count]) => `${code} ${count}`).join(", "));
  if (steps < DEFAULT_STEPS) return;
  assert.ok(connected > 50 && side > 20 && reorgs > 10 && refused.size > 9, "the fuzz gets everywhere");
});
