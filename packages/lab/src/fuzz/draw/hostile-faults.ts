import { HOSTILE_MESSAGES } from "../hostile/hostile-action.ts";
import { between, type DrawGroup, moment, pick } from "./draw-parts.ts";

const MAX_MESSAGES = 5;

/** A peer that keeps no rules, and what it sends to its one victim. */
export const drawHostilePeer: DrawGroup = (random, shape, index) => {
  const node = pick(random, shape.nodes);
  return Array.from({ length: between(random, 1, MAX_MESSAGES) }, () => ({
    atMs: moment(random, shape),
    action: { kind: "hostile", peer: `hostile${index}`, node, sends: pick(random, HOSTILE_MESSAGES) } as const,
  }));
};
