import type { Command } from "../../world/command.ts";
import type { RandomStream } from "../../world/sim/random/stream.ts";
import { between, chance, type DrawGroup, later, moment, pick } from "./draw-parts.ts";

const command = (atMs: number, what: Command): ReturnType<DrawGroup>[number] => ({
  atMs,
  action: { kind: "command", command: what },
});

/** Satoshis of a payment: small ones, ones that take several coins, and ones that take the reward of a block. */
const AMOUNTS = [1_000_000n, 50_000_000n, 130_000_000n, 400_000_000n, 2_000_000_000n];

const ALMOST_ALL_COINS = 850_000_000n;

export const drawPayment: DrawGroup = (random, shape, index) => [
  command(moment(random, shape), {
    kind: "pay",
    payment: `p${index}`,
    from: pick(random, shape.wallets),
    to: pick(random, shape.wallets),
    amount: pick(random, AMOUNTS),
    feeRate: between(random, 1, 20),
  }),
];

/** Satoshis a virtual byte: not enough to replace another payment, enough for its children too, or left to the wallet. */
function drawFeeRate(random: RandomStream): { readonly feeRate?: number } {
  return pick(random, [{}, {}, { feeRate: 1 }, { feeRate: 300 }]);
}

/** A payment, and another one over the same coins: elsewhere at once, later, or after the first was held back. */
export const drawDoubleSpend: DrawGroup = (random, shape, index) => {
  const atMs = moment(random, shape, 0.7);
  const [payment, double] = [`a${index}`, `b${index}`];
  const held = chance(random, 0.3);
  const first = {
    kind: "pay",
    payment,
    from: pick(random, shape.wallets),
    to: pick(random, shape.wallets),
    amount: pick(random, AMOUNTS),
    feeRate: between(random, 1, 20),
    ...(held ? { into: "hold" as const } : {}),
  } as const;
  const secondMs = chance(random, 0.5) ? atMs + 1 : later(random, atMs, shape);
  const node = pick(random, shape.nodes);
  const into = { mempoolOf: node };
  const second = { kind: "double-spend", payment: double, of: payment, into, ...drawFeeRate(random) } as const;
  // Another one takes the change of the first: it goes when the first one does.
  const child = { ...first, payment: `c${index}`, amount: ALMOST_ALL_COINS };
  const children = chance(random, 0.4) ? [command(atMs + 1, child)] : [];
  const events = [command(atMs, first), ...children, command(secondMs, second)];
  if (!held) return events;
  const at = pick(random, shape.nodes);
  return [...events, command(later(random, secondMs, shape), { kind: "announce", payment, at })];
};
