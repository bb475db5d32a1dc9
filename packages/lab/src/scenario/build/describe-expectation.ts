import { formatCoins } from "@forkyard/core/units";
import type { Bound, Expectation } from "../model.ts";

type WithoutText<T> = T extends unknown ? Omit<T, "line" | "text"> : never;
export type ExpectationBody = WithoutText<Expectation>;

const PERCENT = 100;

/** An expectation as a sentence without a full stop. */
export function describeExpectation(body: ExpectationBody): string {
  switch (body.kind) {
    case "reorg-depth":
      return body.depth.atMost === 0
        ? `${body.node} takes no block back`
        : `${body.node}'s deepest reorganisation takes back ${counted(body.depth, "block")}`;
    case "reorg-count":
      return `${body.node} has ${counted(body.count, "reorganisation")} of depth ${body.minDepth} or more`;
    case "blocks-added":
      return `${body.node}'s deepest reorganisation puts on ${counted(body.blocks, "block")}`;
    case "payment":
      return describePayment(body);
    case "balance":
      return `${body.wallet} has ${describeBound(body.satoshis, coins)} btc`;
    case "tip-miner":
      return `the last block on ${body.node} is ${oneOfNames(body.miners)}'s`;
    case "one-tip":
      return `${listed(body.nodes)} have one tip`;
    case "tips":
      return `${body.ever ? "the most different chains at any moment" : "different chains at the end"}: ${describeBound(body.count)}`;
    case "height":
      return `${body.node}'s chain has height ${describeBound(body.height)}`;
    case "blocks":
      return `${body.node}'s chain grows by ${counted(body.blocks, "block")}`;
    case "blocks-share":
      return `${listed(body.miners)} mined ${describeBound(body.share, percent)} of ${body.node}'s new blocks`;
    case "same-block":
      return `${body.nodes.join(" and ")} have the same block at height ${body.height}`;
    case "refused":
      return `${body.node} refuses ${counted(body.count, "block")}${body.code === undefined ? "" : ` (${body.code})`}`;
    case "supply":
      return `the coins of ${body.node} add up to what was issued`;
    case "result":
      return `${body.actor}.${body.field} is ${typeof body.value === "object" ? describeBound(body.value) : String(body.value)}`;
  }
}

function describePayment(body: Extract<ExpectationBody, { kind: "payment" }>): string {
  const { confirmations } = body;
  const counting = confirmations === undefined ? "" : ` with ${counted(confirmations, "confirmation")}`;
  return `${body.payment} is ${body.fate} on ${body.on}${counting}`;
}

export function describeBound(bound: Bound, show: (value: number) => string = String): string {
  const { atLeast, atMost } = bound;
  if (atLeast !== undefined && atLeast === atMost) return show(atLeast);
  const parts = [
    ...(atLeast === undefined ? [] : [`at least ${show(atLeast)}`]),
    ...(atMost === undefined ? [] : [`at most ${show(atMost)}`]),
  ];
  return parts.join(" and ");
}

/** The bound with its unit. */
function counted(bound: Bound, unit: string): string {
  const one = (bound.atMost ?? bound.atLeast) === 1 && (bound.atLeast ?? 1) === 1;
  return `${describeBound(bound)} ${one ? unit : `${unit}s`}`;
}

export function coins(satoshis: number): string {
  return formatCoins(BigInt(satoshis)).replace(/\.?0+$/, "");
}

export function percent(fraction: number): string {
  return `${Math.round(fraction * PERCENT * PERCENT) / PERCENT}%`;
}

const MAX_LISTED_NAMES = 5;

export function listed(names: readonly string[]): string {
  if (names.length > MAX_LISTED_NAMES)
    return `${names.slice(0, MAX_LISTED_NAMES - 1).join(", ")} and ${names.length - MAX_LISTED_NAMES + 1} more`;
  return names.length < 2 ? (names[0] ?? "nobody") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function oneOfNames(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? "nobody") : `one of ${listed(names)}`;
}
