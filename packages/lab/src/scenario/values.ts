import { parseCoins } from "@forkyard/core/units";
import { z } from "zod";
import { MAX_COMMAND_TEXT_CHARACTERS } from "../limits.ts";

/**
 * Values with units as people write them in a scenario file. Each is a zod schema whose input is the text and whose output
 * is the number that the code works with, so that the JSON Schema for editors describes the text. Kinds of actors use them
 * for their options too.
 */

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d) ?)+$/;
const SIGNED_DURATION = /^[+-]?(?:\d+(?:\.\d+)?(?:ms|s|m|h|d) ?)+$/;
const SHARE = /^\d{1,6}(?:\.\d{1,12})?%$/;
const AMOUNT = /^(?:\d{1,8}(?:\.\d{1,8})? ?btc|\d{1,16} ?sat)$/;
const BANDWIDTH = /^(\d{1,7}(?:\.\d{1,6})?) ?(k|M|G)bit\/s$/;
const BITS_PER_UNIT: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };
const SATOSHIS = /^(\d{1,16}) ?sat$/;

/** Name of a node, wallet, actor, payment, branch or variant. */
export const nameSchema: z.ZodString = z
  .string("a name is text")
  .regex(NAME, "a name is 1 to 32 lower-case letters, digits and hyphens and begins with a letter");

/** `10m`, `1h30m`: milliseconds. */
export const durationMs: z.ZodType<number, string> = z
  .string("a duration has a unit: 50ms, 30s, 10m, 2h, 1d")
  .regex(DURATION, "a duration has a unit: 50ms, 30s, 10m, 2h, 1d")
  .transform(millisecondsOf);

/** `+2h`, `-90s`: whole seconds. */
export const offsetSeconds: z.ZodType<number, string> = z
  .string("an offset is a duration, with a sign if it is behind: +2h, -90s")
  .regex(SIGNED_DURATION, "an offset is a duration, with a sign if it is behind: +2h, -90s")
  .transform((text) => {
    const sign = text.startsWith("-") ? -1 : 1;
    return sign * Math.round(millisecondsOf(text.replace(/^[+-]/, "")) / 1_000);
  });

/** `40%`: a fraction. */
export const share: z.ZodType<number, string> = z
  .string("a share has a percent sign: 40%")
  .regex(SHARE, "a share has a percent sign: 40%")
  .transform((text) => Number(text.slice(0, -1)) / 100);

/** `12.5 btc`, `5000 sat`: satoshis. */
export const satoshis: z.ZodType<bigint, string> = z
  .string("an amount has a unit: 12.5 btc, 5000 sat")
  .regex(AMOUNT, "an amount has a unit: 12.5 btc, 5000 sat")
  .transform((text) => {
    const whole = SATOSHIS.exec(text)?.[1];
    return whole === undefined ? parseCoins(text.replace(/ ?btc$/, "")) : BigInt(whole);
  });

/** `10 Mbit/s`: bytes a second. */
export const bytesPerSecond: z.ZodType<number, string> = z
  .string("a bandwidth has a unit: 500 kbit/s, 10 Mbit/s")
  .regex(BANDWIDTH, "a bandwidth has a unit: 500 kbit/s, 10 Mbit/s")
  .transform((text) => {
    const match = BANDWIDTH.exec(text);
    return (Number(match?.[1]) * (BITS_PER_UNIT[match?.[2] ?? ""] ?? 0)) / 8;
  });

/** A line for people; what a terminal would obey is refused. */
export const plainText: z.ZodString = z
  .string()
  .min(1)
  .max(MAX_COMMAND_TEXT_CHARACTERS)
  .regex(
    /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/,
    "one line without control characters",
  );

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
  .regex(/^[a-z][a-z0-9-]{0,31}(?:\.[a-z0-9-]{1,64})?$/, "the id of a payment; ACTOR.NAME for one that an actor makes");
/** `all`, a node, a group, or a list of them: after the check it is a list of nodes. */
export const nodeNames: z.ZodType<readonly string[], string | readonly string[]> = z
  .union([nameSchema, z.array(nameSchema).min(1)])
  .transform((value) => (typeof value === "string" ? [value] : value));

references.add(nodeName, { kind: "node" });
references.add(walletName, { kind: "wallet" });
references.add(actorName, { kind: "actor" });
references.add(paymentName, { kind: "payment" });
references.add(nodeNames, { kind: "nodes" });

function millisecondsOf(text: string): number {
  let sum = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    sum += Number(digits) * (UNIT_MS[unit ?? ""] ?? 0);
  }
  return Math.round(sum);
}
