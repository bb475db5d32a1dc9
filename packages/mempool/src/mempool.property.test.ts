import assert from "node:assert/strict";
import { test } from "node:test";
import { sumOfOutputs } from "@forkyard/consensus/rules/check-inputs";
import type { Block } from "@forkyard/core/block";
import { RuleError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";
import * as fc from "fast-check";
import type { MempoolChanges } from "./change-log.ts";
import type { MempoolLimits } from "./limits.ts";
import { checkInvariants } from "./testing/check-invariants.ts";
import { PoolWorld, type Purse, purses, spend } from "./testing/pool-world.ts";

/** Everything is made small, so that every limit is met often. */
const LIMITS: Partial<MempoolLimits> = {
  maxUsageBytes: 16_000,
  expiryMs: 1_000_000,
  chain: { maxAncestors: 4, maxAncestorVirtualBytes: 2_000, maxDescendants: 4, maxDescendantVirtualBytes: 2_000 },
};
const START_BLOCKS = 12;

/** What should wait, as the reported changes tell it, and the blocks that can be taken back. */
interface Model {
  readonly waiting: Set<Txid>;
  readonly blocks: Block[];
}

type Command = fc.Command<Model, PoolWorld>;

class Step implements Command {
  readonly #label: string;
  readonly #action: (model: Model, world: PoolWorld) => void;

  constructor(label: string, action: (model: Model, world: PoolWorld) => void) {
    this.#label = label;
    this.#action = action;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, world: PoolWorld): void {
    this.#action(model, world);
    assert.deepEqual(new Set(Array.from(world.pool.entries(), ({ txid }) => txid)), model.waiting);
    checkInvariants(world);
  }

  toString(): string {
    return this.#label;
  }
}

function follow(model: Model, changes: MempoolChanges): void {
  // What came and went within one call is in both lists: added first, removed after.
  for (const { txid } of changes.added) model.waiting.add(txid);
  for (const { entry } of changes.removed) model.waiting.delete(entry.txid);
}

/** Offers a transaction; refusals must be for a reason, and must leave the pool alone. */
function offer(model: Model, world: PoolWorld, tx: Transaction, sender?: string): void {
  try {
    const result = world.pool.accept(tx, world.context(sender));
    follow(model, result.changes);
    if (result.status !== "accepted" || !world.pool.has(tx.txid)) return;
    const { chain } = world.pool.limits;
    assert.ok(result.entry.ancestors.count <= chain.maxAncestors);
    assert.ok(result.entry.ancestors.virtualBytes <= chain.maxAncestorVirtualBytes);
  } catch (error) {
    assert.ok(error instanceof RuleError, String(error));
    // What it threw out on its way comes with the next report.
    follow(model, world.pool.connected({ ...emptyBlock(world) }, world.context()).changes);
  }
}

/** A block without transactions, to be told of and nothing else. */
function emptyBlock(world: PoolWorld): Block {
  return { ...world.chain.params.genesis, txs: [] };
}

/** Outputs that can be spent: in the chain, or made by an entry; whether mature or not, spent by an entry or not. */
function allPurses(world: PoolWorld): Purse[] {
  const confirmed = [...world.chain.coins.snapshot()].map(([key, { output }]) => {
    const [txid, vout] = key.split(":") as [Txid, string];
    return { txid, vout: Number(vout), value: output.value };
  });
  return [...confirmed, ...[...world.pool.entries()].flatMap(({ tx }) => purses(tx))].filter(
    ({ value }) => value > 50_000n,
  );
}

function pick<T>(items: readonly T[], seed: number): T | undefined {
  return items[seed % Math.max(items.length, 1)];
}

const seeds = fc.nat(1_000_000);
const fees = fc.constantFrom(150n, 500n, 1_000n, 3_000n, 10_000n, 40_000n);

/** Spends one or two outputs, or joins an entry's own input again: a conflict. */
const pay: fc.Arbitrary<Command> = fc
  .record({ seedA: seeds, seedB: seeds, fee: fees, outputs: fc.integer({ min: 1, max: 3 }), join: fc.boolean() })
  .map(
    ({ seedA, seedB, fee, outputs, join }) =>
      new Step(`pay ${seedA} ${seedB} ${fee} ${outputs} ${join}`, (model, world) => {
        const available = allPurses(world);
        const first = pick(available, seedA);
        const second = pick(available, seedB);
        if (first === undefined || second === undefined) return;
        const from = join && first !== second ? [first, second] : [first];
        offer(model, world, spend(from, { fee, outputs, salt: seedB }));
      }),
  );

/** A child comes before its parent, from one of two senders; the parent may stay away. */
const orphan: fc.Arbitrary<Command> = fc.record({ seed: seeds, fee: fees, arrives: fc.boolean() }).map(
  ({ seed, fee, arrives }) =>
    new Step(`orphan ${seed} ${fee} ${arrives}`, (model, world) => {
      const from = pick(allPurses(world), seed);
      if (from === undefined) return;
      const parent = spend([from], { fee, salt: seed });
      offer(model, world, spend(purses(parent), { fee }), `peer${seed % 2}`);
      if (arrives) offer(model, world, parent);
    }),
);

/** Mines what the pool selects: consensus must agree that this is a block. */
const mine: fc.Arbitrary<Command> = fc.constantFrom(0, 2_000, 3_996_000).map(
  (weight) =>
    new Step(`mine ${weight}`, (model, world) => {
      const txs = world.pool.select(weight).map(({ tx }) => tx);
      const block = world.mineQuietly(txs);
      model.blocks.push(block);
      const result = world.pool.connected(block, world.context());
      assert.equal(result.confirmed.length, txs.length);
      follow(model, result.changes);
    }),
);

/** Somebody mines a block that spends against an entry. */
const mineAgainst: fc.Arbitrary<Command> = seeds.map(
  (seed) =>
    new Step(`mine against ${seed}`, (model, world) => {
      const roots = [...world.pool.entries()].filter(({ parents }) => parents.size === 0);
      const victim = pick(roots, seed);
      if (victim === undefined) return;
      const block = world.mineQuietly([robbed(victim.tx)]);
      model.blocks.push(block);
      const result = world.pool.connected(block, world.context());
      assert.ok(result.conflicted.includes(victim.txid));
      follow(model, result.changes);
    }),
);

/** Takes blocks back; the new branch is empty, repeats some of the old one, or robs it. */
const reorg: fc.Arbitrary<Command> = fc
  .record({ depth: fc.integer({ min: 1, max: 5 }), more: fc.nat(2), kind: fc.constantFrom("empty", "keep", "rob") })
  .map(
    ({ depth, more, kind }) =>
      new Step(`reorg ${depth} ${more} ${kind}`, (model, world) => {
        const disconnected: Block[] = [];
        for (let i = 0; i < depth && model.blocks.length > 0; i++) {
          disconnected.push(model.blocks.pop() as Block);
          world.chain.disconnect();
        }
        const lost = disconnected.toReversed().flatMap((block) => block.txs.slice(1));
        const connected = more === 0 ? [] : mineBranch(world, lost, kind, more);
        model.blocks.push(...connected);
        const result = world.pool.reorganised(disconnected, connected, world.context());
        follow(model, result.changes);
        const mined = new Set(connected.flatMap((block) => block.txs.map(({ txid }) => txid)));
        assert.equal(result.fates.length, lost.length + disconnected.length);
        for (const { txid, fate } of result.fates) {
          assert.equal(fate === "mined", mined.has(txid));
          assert.equal(fate === "mempool", world.pool.has(txid));
        }
      }),
  );

function mineBranch(world: PoolWorld, lost: readonly Transaction[], kind: string, length: number): Block[] {
  const spendable = lost.filter((tx) =>
    tx.inputs.every(({ prevout }) => world.chain.coins.coin(prevout) !== undefined),
  );
  const mature = spendable.filter((tx) =>
    tx.inputs.every(({ prevout }) => isMature(world, prevout.txid, prevout.vout)),
  );
  const txs = kind === "empty" ? [] : kind === "keep" ? mature : mature.map(robbed);
  return [world.mineQuietly(txs), ...Array.from({ length: length - 1 }, () => world.mineQuietly())];
}

function isMature(world: PoolWorld, txid: Txid, vout: number): boolean {
  const coin = world.chain.coins.coin({ txid, vout });
  if (coin === undefined || !coin.coinbase) return true;
  return world.context().height - coin.height >= world.chain.params.coinbaseMaturity;
}

/** The same inputs to somebody else. */
function robbed(tx: Transaction): Transaction {
  const total = sumOfOutputs(tx);
  const inputs = tx.inputs.map(({ prevout }, i) => ({ ...prevout, value: i === 0 ? total : 0n }));
  const lastByte = tx.outputs[0]?.scriptPubKey.at(-1) ?? 0;
  return spend(inputs, { fee: 0n, salt: lastByte + 1 });
}

const wait: fc.Arbitrary<Command> = fc.nat(600_000).map(
  (ms) =>
    new Step(`wait ${ms}`, (model, world) => {
      world.nowMs += ms;
      follow(model, world.pool.connected(emptyBlock(world), world.context()).changes);
    }),
);

test("whatever happens, the pool is consistent, within its limits and says what it does", () => {
  const commands = fc.commands([pay, pay, pay, pay, orphan, mine, mineAgainst, reorg, wait], {
    maxCommands: 80,
    size: "max",
  });
  fc.assert(
    fc.property(commands, (steps) => {
      fc.modelRun(() => {
        const world = new PoolWorld(LIMITS);
        for (let i = 0; i < START_BLOCKS; i++) world.mine();
        return { model: { waiting: new Set<Txid>(), blocks: [] }, real: world };
      }, steps);
    }),
    { numRuns: Number(process.env["FORKYARD_PROPERTY_RUNS"] ?? 300) },
  );
});
