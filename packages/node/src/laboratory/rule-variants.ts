import { type Block, blockSize } from "@forkyard/core/block";
import { InputError, RuleError } from "@forkyard/core/errors";
import { STRICTER_RULE } from "../pipeline/blame.ts";

/** A tightening of the rules that some nodes have and others have not: what splits a chain after an upgrade. */
export interface RuleVariant {
  /** As it is written in a scenario, `version-below-4` for instance; also the code that refusals are told under. */
  readonly name: string;
  allows(block: Block): boolean;
  /** Header version that a miner under this rule uses in place of its own. */
  readonly version?: (version: number) => number;
  /** Most bytes of a block that such a miner makes. */
  readonly maxBlockBytes?: number;
}

/** The word for no variant. */
export const NO_VARIANT = "none";
const MAX_SIGNAL_BIT = 28;

/** The forms, for messages. */
export const RULE_VARIANT_FORMS: readonly string[] = [
  NO_VARIANT,
  "version-below-N",
  "coinbase-tag:TEXT",
  "block-bytes-above-N",
  "must-signal-bit-N",
];

/**
 * Reads a variant's name. Each names what is refused, but the last, which names what is demanded.
 * @returns undefined for `none`
 * @throws InputError for anything else, listing the forms
 */
export function ruleVariant(name: string): RuleVariant | undefined {
  if (name === NO_VARIANT) return undefined;
  const [, kind, value] = /^(version-below|block-bytes-above|must-signal-bit)-(\d{1,9})$/.exec(name) ?? [];
  const number = Number(value);
  if (kind === "version-below") return versionBelow(name, number);
  if (kind === "block-bytes-above") return blockBytesAbove(name, number);
  if (kind === "must-signal-bit" && number <= MAX_SIGNAL_BIT) return mustSignal(name, number);
  const [, tag] = /^coinbase-tag:([\x21-\x7e]{1,40})$/.exec(name) ?? [];
  if (tag !== undefined) return coinbaseTag(name, tag);
  throw new InputError(
    `${JSON.stringify(name.slice(0, 60))} is no rule: it is one of ${RULE_VARIANT_FORMS.join(", ")}`,
  );
}

/** Checks a block under a variant. @throws RuleError with {@link STRICTER_RULE}; its data names the variant */
export function checkVariant(variant: RuleVariant, block: Block): void {
  if (!variant.allows(block)) throw new RuleError(STRICTER_RULE, { rule: variant.name, block: block.hash });
}

/** As BIP34, BIP66 and BIP65 did. */
function versionBelow(name: string, least: number): RuleVariant {
  return { name, allows: ({ header }) => header.version >= least };
}

/** A limit that others have lifted, as before the splits over block size. */
function blockBytesAbove(name: string, most: number): RuleVariant {
  return { name, allows: (block) => blockSize(block) <= most, maxBlockBytes: most };
}

/** BIP9's signal demanded of every block, as by BIP148. */
function mustSignal(name: string, bit: number): RuleVariant {
  const mask = 1 << bit;
  return { name, allows: ({ header }) => (header.version & mask) !== 0, version: (version) => version | mask };
}

/** Stands for any rule that certain blocks break and others do not: those are marked by a text in their coinbase. */
function coinbaseTag(name: string, tag: string): RuleVariant {
  const wanted = new TextEncoder().encode(tag);
  return { name, allows: ({ txs: [coinbase] }) => !contains(coinbase?.inputs[0]?.scriptSig, wanted) };
}

function contains(script: Uint8Array | undefined, wanted: Uint8Array): boolean {
  if (script === undefined) return false;
  for (let start = 0; start + wanted.length <= script.length; start++) {
    if (wanted.every((byte, index) => script[start + index] === byte)) return true;
  }
  return false;
}
