import type { Command } from "../../world/command.ts";
import type { RandomStream } from "../../world/sim/random/stream.ts";
import type { FuzzAction } from "../fuzz-world.ts";
import { between, chance, type DrawGroup, later, moment, pick, type WorldShape } from "./draw-parts.ts";

const MAX_BLOCKS_AT_ONCE = 3;
const MAX_SECRET_BLOCKS = 4;
const MAX_FORK_DEPTH = 3;
/** Header times so far apart make the next block much easier, and a little harder, where difficulty changes. */
const TIME_STEPS_SECONDS = [1, 60];

/** A payment of so many satoshis takes the change of another one that waits. */
const ALMOST_ALL_COINS = 850_000_000n;

const act = (atMs: number, action: FuzzAction): ReturnType<DrawGroup>[number] => ({ atMs, action });
const command = (atMs: number, what: Command): ReturnType<DrawGroup>[number] =>
  act(atMs, { kind: "command", command: what });

/** Blocks on demand: two nodes that do it at once make a fork. */
export const drawMining: DrawGroup = (random, shape) => {
  const atMs = moment(random, shape);
  const block = (node: string): Command => ({
    kind: "mine",
    node,
    blocks: between(random, 1, MAX_BLOCKS_AT_ONCE),
    ...(chance(random, 0.2) ? { empty: true } : {}),
    ...(chance(random, 0.4) ? { timeStepSeconds: pick(random, TIME_STEPS_SECONDS) } : {}),
  });
  const first = pick(random, shape.nodes);
  const second = pick(random, shape.nodes);
  if (first === second || chance(random, 0.5)) return [command(atMs, block(first))];
  return [command(atMs, block(first)), command(atMs, block(second))];
};

/** A branch that is mined in secret, perhaps with a payment that only it has, and shown, or not. */
export const drawWithheldBranch: DrawGroup = (random, shape, index) => {
  const node = pick(random, shape.nodes);
  const branch = `s${index}`;
  const openMs = moment(random, shape, 0.5);
  // Quick ones meet payments that still wait, slow ones payments that were mined.
  const quick = chance(random, 0.5);
  const minedMs = quick ? openMs + between(random, 3, 3_000) : later(random, openMs, shape);
  const shownMs = quick ? minedMs + between(random, 1, 3_000) : later(random, minedMs, shape);
  const timeStep = chance(random, 0.4) ? { timeStepSeconds: pick(random, TIME_STEPS_SECONDS) } : {};
  const blocks = between(random, 1, MAX_SECRET_BLOCKS);
  const pay: Command = {
    kind: "pay",
    payment: `s${index}`,
    from: pick(random, shape.wallets),
    to: pick(random, shape.wallets),
    amount: 100_000_000n,
    into: { branch },
  };
  const publish: Command = { kind: "publish", node, branch };
  const part: Command = { ...publish, blocks: between(random, 1, MAX_SECRET_BLOCKS) };
  const giveUp: Command = { kind: "abandon", node, branch };
  return [
    act(openMs, { kind: "withhold-before", node, branch, depth: between(random, 0, MAX_FORK_DEPTH) }),
    ...(chance(random, 0.3) ? [command(openMs + 1, pay)] : []),
    ...(chance(random, 0.6) ? drawTheft(random, shape, branch, openMs, index) : []),
    command(minedMs, { kind: "mine", node, branch, blocks, ...timeStep }),
    ...(chance(random, 0.3) ? [command(shownMs, part), command(later(random, shownMs, shape), publish)] : []),
    ...(chance(random, 0.8) ? [command(shownMs, publish)] : []),
    ...(chance(random, 0.7) ? [command(later(random, shownMs, shape), giveUp)] : []),
  ];
};

/** A payment that everybody sees, and another one over its coins that only the branch has. */
function drawTheft(
  random: RandomStream,
  { wallets }: WorldShape,
  branch: string,
  openMs: number,
  index: number,
): ReturnType<DrawGroup> {
  const [payment, double] = [`t${index}`, `u${index}`];
  const [from, to] = [pick(random, wallets), pick(random, wallets)];
  const child: Command = { kind: "pay", payment: `v${index}`, from, to, amount: ALMOST_ALL_COINS };
  return [
    command(openMs + 1, { kind: "pay", payment, from, to, amount: 100_000_000n }),
    command(openMs + 2, { kind: "double-spend", payment: double, of: payment, into: { branch } }),
    ...(chance(random, 0.5) ? [command(openMs + 2, child)] : []),
  ];
}

/** An operator declares a block invalid, and mostly takes it back. */
export const drawOperator: DrawGroup = (random, shape) => {
  const node = pick(random, shape.nodes);
  const atMs = moment(random, shape, 0.8);
  const tipOf = chance(random, 0.7) ? node : pick(random, shape.nodes);
  return [
    act(atMs, { kind: "invalidate-branch", node, tipOf, depth: between(random, 0, 2) }),
    ...(chance(random, 0.7) ? [act(later(random, atMs, shape), { kind: "reconsider", node })] : []),
  ];
};
