import { COIN, isMoney } from "@forkyard/core/units";
import { z } from "zod";
import { MAX_COMMAND_TEXT_CHARACTERS } from "../limits.ts";

/**
 * Values with units as people write them in a scenario file: for each a schema of the text, a function that reads it, and a
 * schema whose output is what the function gives. Kinds of actors use the last for their options.
 */

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const PAYMENT = /^[a-z][a-z0-9-]{0,31}(?:\.[a-z0-9-]{1,64})?$/;
const DURATION = /^(?:\d{1,9}(?:\.\d{1,6})?(?:ms|s|m|h|d) ?){1,5}$/;
const SIGNED_DURATION = /^[+-]?(?:\d{1,9}(?:\.\d{1,6})?(?:ms|s|m|h|d) ?){1,5}$/;
const SHARE = /^\d{1,6}(?:\.\d{1,12})?%$/;
const AMOUNT = /^(?:\d{1,8}(?:\.\d{1,8})? ?btc|\d{1,16} ?sat)$/;
const SATOSHIS = /^(\d{1,16}) ?sat$/;
const COINS = /^(\d{1,8})(?:\.(\d{1,8}))?/;
const BANDWIDTH = /^(\d{1,7}(?:\.\d{1,6})?) ?(k|M|G)bit\/s$/;
const PLAIN_TEXT = /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BITS_PER_UNIT: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };

const DURATION_HELP = "a duration has a unit: 50ms, 30s, 10m, 2h, 1d";
const OFFSET_HELP = "an offset is a duration with a sign: +2h, -90s";
const SHARE_HELP = "a share has a percent sign: 40%";
const AMOUNT_HELP = "an amount has a unit: 12.5 btc, 5000 sat";
const BANDWIDTH_HELP = "a bandwidth has a unit: 500 kbit/s, 10 Mbit/s";

export const durationText: z.ZodType<string, string> = z.string(DURATION_HELP).regex(DURATION, DURATION_HELP);
export const offsetText: z.ZodType<string, string> = z.string(OFFSET_HELP).regex(SIGNED_DURATION, OFFSET_HELP);
export const shareText: z.ZodType<string, string> = z.string(SHARE_HELP).regex(SHARE, SHARE_HELP);
export const amountText: z.ZodType<string, string> = z
  .string(AMOUNT_HELP)
  .regex(AMOUNT, { error: AMOUNT_HELP, abort: true })
  .refine((text) => isMoney(satoshisOf(text)), "more than the 21 million coins that can exist");
export const bandwidthText: z.ZodType<string, string> = z.string(BANDWIDTH_HELP).regex(BANDWIDTH, BANDWIDTH_HELP);

/** `10m`, `1h30m`: milliseconds. */
export const durationMs: z.ZodType<number, string> = durationText.transform(millisecondsOf);
/** `+2h`, `-90s`: whole seconds. */
export const offsetSeconds: z.ZodType<number, string> = offsetText.transform(offsetSecondsOf);
/** `40%`: a fraction. */
export const share: z.ZodType<number, string> = shareText.transform(fractionOf);
/** `12.5 btc`, `5000 sat`: satoshis. */
export const satoshis: z.ZodType<bigint, string> = amountText.transform(satoshisOf);
/** `10 Mbit/s`: bytes a second. */
export const bytesPerSecond: z.ZodType<number, string> = bandwidthText.transform(bytesPerSecondOf);

/** A line for people; what a terminal would obey is refused. */
export const plainText: z.ZodType<string, string> = z
  .string()
  .min(1)
  .max(MAX_COMMAND_TEXT_CHARACTERS)
  .regex(PLAIN_TEXT, "one line of text, without control characters");

/** Name of a node, wallet, actor, payment, branch or variant where it is given. */
export const nameSchema: z.ZodType<string, string> = z
  .string("a name is text")
  .regex(NAME, "a name is 1 to 32 lower-case letters, digits and hyphens and begins with a letter");

/** What a name in a file refers to; `nodes` may be a list, a group or `all`, and becomes the list of its members. */
export type ReferenceKind = "node" | "nodes" | "wallet" | "actor" | "payment";

/** Which schemas are names of something: read by what checks that it exists. */
export const references: z.core.$ZodRegistry<{ readonly kind: ReferenceKind }> = z.registry<{
  readonly kind: ReferenceKind;
}>();

/** The name of a node (of a member, where there is a group). */
export const nodeName: z.ZodType<string, string> = z.string().regex(NAME, "the name of a node");
/** The name of a wallet. */
export const walletName: z.ZodType<string, string> = z.string().regex(NAME, "the name of a wallet");
/** The name of an actor. */
export const actorName: z.ZodType<string, string> = z.string().regex(NAME, "the name of an actor");
/** A payment of a step, or `ACTOR.NAME` for one that an actor makes. */
export const paymentName: z.ZodType<string, string> = z
  .string()
  .regex(PAYMENT, "the id of a payment; ACTOR.NAME for one that an actor makes");
/** `all`, a node, a group, or a list of them: after the check it is a list of nodes. */
export const nodeNames: z.ZodType<string | readonly string[], string | readonly string[]> = z.union([
  z.string().regex(NAME, "the name of a node or a group, or a list of them, or all"),
  z.array(nodeName).min(1),
]);

references.add(nodeName, { kind: "node" });
references.add(walletName, { kind: "wallet" });
references.add(actorName, { kind: "actor" });
references.add(paymentName, { kind: "payment" });
references.add(nodeNames, { kind: "nodes" });

export function millisecondsOf(text: string): number {
  let sum = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    sum += Number(digits) * (UNIT_MS[unit ?? ""] ?? 0);
  }
  return Math.round(sum);
}

export function offsetSecondsOf(text: string): number {
  const seconds = Math.round(millisecondsOf(text) / 1_000);
  return text.startsWith("-") ? -seconds : seconds;
}

export function fractionOf(text: string): number {
  return Number(text.replace("%", "")) / 100;
}

export function satoshisOf(text: string): bigint {
  const whole = SATOSHIS.exec(text)?.[1];
  if (whole !== undefined) return BigInt(whole);
  const coins = COINS.exec(text);
  return BigInt(coins?.[1] ?? "0") * COIN + BigInt((coins?.[2] ?? "").padEnd(8, "0"));
}

export function bytesPerSecondOf(text: string): number {
  const match = BANDWIDTH.exec(text);
  return (Number(match?.[1]) * (BITS_PER_UNIT[match?.[2] ?? ""] ?? 0)) / 8;
}
