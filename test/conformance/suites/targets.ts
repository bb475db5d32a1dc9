import assert from "node:assert/strict";
import { type BitcoinRule, bitcoinBits, retargetedBits } from "@forkyard/consensus/rules/retarget/bitcoin";
import {
  flagsForBlock,
  formatScriptFlags,
  parseScriptFlags,
  SCRIPT_FLAGS,
} from "@forkyard/consensus/rules/script/flags";
import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import {
  bitsToTarget,
  decodeCompact,
  hasProofOfWork,
  targetToBits,
  workOfBits,
} from "@forkyard/consensus/rules/target";
import { HeaderLine } from "@forkyard/consensus/testing/header-line";
import { blockFromBytes, encodeBlock } from "@forkyard/core/block";
import { equalBytes, fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { type BlockHash, hash256 } from "@forkyard/core/hash";
import { blockHashOf, headerFromBytes } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { difficultyOf } from "@forkyard/rpc/format/difficulty";
import { paramsOf } from "../support/real-block.ts";
import { type Case, SkippedCase, type Suite, type VectorFile } from "../support/suite.ts";

const SIGN_BIT = 0x00800000;
const RETARGET_BLOCKS = 2016;

export const compactTargets: Suite = { files: /^chain\/compact-target\.json$/, cases: compactCases };
export const retargets: Suite = { files: /^chain\/retargets\.json$/, cases: retargetCases };
export const chainWork: Suite = { files: /^chain\/chainwork\.json$/, cases: workCases };
export const genesisBlocks: Suite = { files: /^chain\/genesis-blocks\.json$/, cases: genesisCases };
export const networkFacts: Suite = { files: /^chain\/network-facts\.json$/, cases: networkCases };

interface CompactVectors {
  readonly set_compact?: readonly {
    readonly bits: string;
    readonly magnitude: string | null;
    readonly reencoded: string | null;
    readonly negative: boolean;
    readonly overflow: boolean;
  }[];
  readonly targets?: readonly { readonly bits: string; readonly target: string }[];
  readonly difficulty?: readonly { readonly bits: string; readonly difficulty: number }[];
  readonly check_proof_of_work?: readonly {
    readonly why: string;
    readonly bits: string;
    readonly hash: BlockHash;
    readonly ok: boolean;
  }[];
}

function* compactCases(file: VectorFile): Iterable<Case> {
  const vectors = file.json<CompactVectors>();
  for (const one of vectors.set_compact ?? []) yield { name: `compact ${one.bits}`, check: () => checkCompact(one) };
  // This list leaves the sign out of account, which makes one of its targets a negative number for us.
  for (const { bits, target } of vectors.targets ?? []) {
    const check = (): void => assert.equal(decodeCompact(bitsOf(bits)).magnitude, BigInt(`0x${target}`));
    yield { name: `target ${bits}`, check };
  }
  const { powLimit } = paramsOf("mainnet");
  for (const { bits, difficulty } of vectors.difficulty ?? []) {
    const check = (): void => {
      const ours = difficultyOf(bitsOf(bits));
      assert.ok(Math.abs(ours - difficulty) <= Math.max(difficulty * 1e-5, 1e-6), `${ours} instead of ${difficulty}`);
    };
    yield { name: `difficulty ${bits}`, check };
  }
  for (const { why, bits, hash, ok } of vectors.check_proof_of_work ?? []) {
    yield {
      name: `proof of work: ${why}`,
      check: () => assert.equal(hasProofOfWork(hash, bitsOf(bits), powLimit), ok),
    };
  }
}

function checkCompact(one: NonNullable<CompactVectors["set_compact"]>[number]): void {
  const decoded = decodeCompact(bitsOf(one.bits));
  assert.deepEqual([decoded.negative, decoded.overflow], [one.negative, one.overflow]);
  if (one.magnitude === null) return;
  assert.equal(decoded.magnitude, BigInt(`0x${one.magnitude}`));
  if (one.reencoded === null) return;
  assert.equal((targetToBits(decoded.magnitude) | (one.negative ? SIGN_BIT : 0)) >>> 0, bitsOf(one.reencoded));
}

interface RetargetVector {
  readonly network: string;
  readonly height: number | null;
  readonly old_bits?: string;
  readonly new_bits: string;
  readonly first_bits?: string;
  readonly last_bits?: string;
  readonly actual_timespan: number;
}

function* retargetCases(file: VectorFile): Iterable<Case> {
  for (const vector of file.json<readonly RetargetVector[]>()) {
    yield {
      name: `${vector.network} ${vector.height ?? vector.actual_timespan}`,
      check: () => {
        const params = paramsOf(vector.network === "signet" ? "signet" : "mainnet");
        const rule = params.retarget as BitcoinRule;
        const bits =
          vector.first_bits === undefined
            ? retargetedBits(bitsOf(vector.old_bits), vector.actual_timespan, rule, params)
            : bip94Bits(vector, rule, params);
        assert.equal(bits, bitsOf(vector.new_bits));
      },
    };
  }
}

/** Runs a whole made-up period: its first block's bits must be the base, not its last one's. */
function bip94Bits(vector: RetargetVector, rule: BitcoinRule, params: NetworkParams): number {
  const line = new HeaderLine();
  for (let height = 0; height < RETARGET_BLOCKS; height++) {
    const last = height === RETARGET_BLOCKS - 1;
    line.push({ time: last ? vector.actual_timespan : 0, bits: bitsOf(last ? vector.last_bits : vector.first_bits) });
  }
  return bitcoinBits(line.tip(), 0, line, { ...rule, bip94: true }, params);
}

interface WorkVectors {
  readonly genesis?: { readonly chainwork: string };
  readonly retarget_block_headers?: readonly {
    readonly height: number;
    readonly hash: string;
    readonly bits: string;
    readonly header: string;
    readonly chainwork: string;
  }[];
  readonly published_pairs?: readonly { readonly height: number; readonly hash: string; readonly chainwork: string }[];
  readonly block_work?: readonly { readonly bits: string; readonly work: string }[];
}

function* workCases(file: VectorFile): Iterable<Case> {
  const work = file.json<WorkVectors>();
  for (const { bits, work: expected } of work.block_work ?? []) {
    yield { name: `work of ${bits}`, check: () => assert.equal(workOfBits(bitsOf(bits)), BigInt(`0x${expected}`)) };
  }
  const headers = work.retarget_block_headers ?? [];
  for (const [i, to] of headers.entries()) {
    yield {
      name: `header ${to.height}`,
      check: () => {
        const header = headerFromBytes(fromHex(to.header));
        assert.equal(blockHashOf(header), to.hash);
        const target = bitsToTarget(header.bits);
        assert.ok(header.bits === bitsOf(to.bits) && BigInt(`0x${to.hash}`) <= target, "bits and work");
        const from = headers[i - 1];
        if (from === undefined || to.height - from.height !== RETARGET_BLOCKS) return;
        const period = BigInt(RETARGET_BLOCKS - 1) * workOfBits(bitsOf(from.bits)) + workOfBits(bitsOf(to.bits));
        assert.equal(BigInt(`0x${to.chainwork}`) - BigInt(`0x${from.chainwork}`), period);
      },
    };
  }
  const { genesis } = work;
  if (genesis !== undefined) {
    const { header } = paramsOf("mainnet").genesis;
    const check = (): void => assert.equal(workOfBits(header.bits), BigInt(`0x${genesis.chainwork}`));
    yield { name: "genesis", check };
  }
  for (const pair of work.published_pairs ?? [])
    yield { name: `published ${pair.height}`, check: () => growing(work, pair) };
}

/** Of a published pair only the order can be told: more work than the headers below, less than those above. */
function growing(work: WorkVectors, pair: { readonly height: number; readonly chainwork: string }): void {
  const headers = work.retarget_block_headers ?? [];
  if (headers.length === 0) throw new SkippedCase("no headers to compare with");
  for (const { height, chainwork } of headers) {
    const difference = BigInt(`0x${pair.chainwork}`) - BigInt(`0x${chainwork}`);
    assert.equal(difference > 0n ? 1 : difference < 0n ? -1 : 0, Math.sign(pair.height - height));
  }
}

interface GenesisVector {
  readonly hash: string;
  readonly raw: string;
}

function* genesisCases(file: VectorFile): Iterable<Case> {
  for (const [network, { hash, raw }] of Object.entries(file.json<Readonly<Record<string, GenesisVector>>>())) {
    yield {
      name: network,
      check: () => {
        const { genesis } = paramsOf(network);
        assert.equal(genesis.hash, hash);
        assert.ok(equalBytes(encodeBlock(genesis), fromHex(raw)), "the same bytes");
        assert.equal(blockFromBytes(fromHex(raw)).hash, hash);
      },
    };
  }
}

interface NetworkFacts {
  readonly magic: string;
  readonly default_port?: number;
  readonly pow_limit?: string;
  readonly target_spacing?: number;
  readonly subsidy_halving_interval?: number;
  readonly coinbase_maturity?: number;
  readonly bip94?: boolean;
  readonly activation?: Readonly<
    Record<string, number | { readonly first_enforced_height: number; readonly hash?: string }>
  >;
  readonly script_flag_exceptions?: readonly { readonly hash: string; readonly flags: string }[];
  readonly bip30?: { readonly repeated_coinbase_allowed: readonly { readonly hash: string }[] };
  readonly subsidy?: readonly { readonly height: number; readonly satoshis: number }[];
  readonly challenge_script?: string;
}

function* networkCases(file: VectorFile): Iterable<Case> {
  for (const [network, facts] of Object.entries(file.json<Readonly<Record<string, NetworkFacts | string>>>())) {
    if (typeof facts === "string") continue;
    yield { name: `${network}: parameters`, check: () => checkParameters(facts, paramsOf(network)) };
    for (const [rule, at] of Object.entries(facts.activation ?? {})) {
      yield { name: `${network}: ${rule}`, check: () => checkActivation(rule, at, paramsOf(network)) };
    }
    for (const { hash, flags } of facts.script_flag_exceptions ?? []) {
      const expected = formatScriptFlags(parseScriptFlags(flags === "none" ? "NONE" : flags));
      const check = (): void =>
        assert.equal(formatScriptFlags(flagsForBlock(hash as BlockHash, 1, paramsOf(network))), expected);
      yield { name: `${network}: exception ${hash}`, check };
    }
    for (const { height, satoshis } of facts.subsidy ?? []) {
      const check = (): void => assert.equal(subsidyAt(height, paramsOf(network)), BigInt(satoshis));
      yield { name: `${network}: subsidy at ${height}`, check };
    }
  }
}

function checkParameters(facts: NetworkFacts, params: NetworkParams): void {
  assert.equal(params.magic, facts.magic);
  const same: readonly (readonly [unknown, unknown])[] = [
    [facts.default_port, params.defaultPorts.p2p],
    [facts.target_spacing, params.spacingSeconds],
    [facts.subsidy_halving_interval, params.subsidyHalvingBlocks],
    [facts.coinbase_maturity, params.coinbaseMaturity],
    [facts.bip94, (params.retarget as Partial<BitcoinRule>).bip94],
    [facts.challenge_script, params.signetChallenge && toHex(params.signetChallenge)],
  ];
  for (const [fact, ours] of same) if (fact !== undefined) assert.equal(ours, fact);
  if (facts.pow_limit !== undefined) assert.equal(params.powLimit, BigInt(`0x${facts.pow_limit}`));
  for (const { hash } of facts.bip30?.repeated_coinbase_allowed ?? []) assert.ok(params.bip30Exceptions.has(hash));
  if (params.signetChallenge === undefined) return;
  const challenge = new ByteWriter().varBytes(params.signetChallenge).finish();
  assert.equal(toHex(hash256(challenge).subarray(0, 4)), params.magic, "the magic is the challenge's");
}

function checkActivation(
  rule: string,
  at: number | { readonly first_enforced_height: number; readonly hash?: string },
  params: NetworkParams,
): void {
  const height = typeof at === "number" ? at : at.first_enforced_height;
  const name = rule.split("_")[0] as keyof NetworkParams["activation"];
  assert.equal(params.activation[name], height);
  if (name === "bip34" && typeof at !== "number") assert.equal(params.bip34Hash, at.hash);
  const flag = {
    bip65: "CHECKLOCKTIMEVERIFY",
    bip66: "DERSIG",
    csv: "CHECKSEQUENCEVERIFY",
    segwit: "NULLDUMMY",
  } as const;
  if (!Object.hasOwn(flag, name)) return;
  const bit = SCRIPT_FLAGS[flag[name as keyof typeof flag]];
  const other = "0".repeat(64) as BlockHash;
  assert.equal(flagsForBlock(other, height, params) & bit, bit);
  assert.equal(flagsForBlock(other, height - 1, params) & bit, 0);
}

function bitsOf(text: string | undefined): number {
  return Number.parseInt(text ?? "", 16);
}
