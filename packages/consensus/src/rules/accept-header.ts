import type { ChainEntry } from "@forkyard/core/chain";
import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { MAX_FUTURE_BLOCK_SECONDS, MAX_TIMEWARP_SECONDS } from "../limits.ts";
import type { Ancestry } from "./ancestry.ts";
import { checkHeader } from "./check-header.ts";
import { ruleError } from "./codes.ts";
import { medianTimePast } from "./median-time.ts";
import { scheduleTimeAfter } from "./retarget/asert.ts";
import { nextBits } from "./retarget/next-bits.ts";
import { workOfBits } from "./target.ts";

export type { Ancestry };

/**
 * Checks a header in itself and as the child of `parent`, in bitcoind's order, and gives its entry in the header tree:
 * status "header", sequence 0.
 * @param hash of this header
 * @param nowSeconds the node's clock, seconds since 1970
 * @throws RuleError high-hash, bad-prevblk, bad-diffbits, time-too-old, time-timewarp-attack, time-too-new, bad-version
 */
export function acceptHeader(
  header: BlockHeader,
  hash: BlockHash,
  parent: ChainEntry,
  ancestry: Ancestry,
  params: NetworkParams,
  nowSeconds: number,
): ChainEntry {
  assert(header.prevHash === parent.hash, "a header is accepted on its own parent");
  checkHeader(header, hash, params);
  checkParentStatus(parent);
  checkBits(header, parent, ancestry, params);
  checkMedianTime(header, parent, ancestry);
  checkTimewarp(header, parent, params);
  checkFutureTime(header, nowSeconds);
  checkVersion(header, parent.height + 1, params);
  return {
    hash,
    header,
    height: parent.height + 1,
    chainWork: parent.chainWork + workOfBits(header.bits),
    scheduleTime: scheduleTimeAfter(parent, header, params),
    status: "header",
    sequence: 0,
  };
}

function checkParentStatus(parent: ChainEntry): void {
  if (parent.status === "invalid") throw ruleError("bad-prevblk", { parent: parent.hash });
}

function checkBits(header: BlockHeader, parent: ChainEntry, ancestry: Ancestry, params: NetworkParams): void {
  const required = nextBits(parent, header.time, ancestry, params);
  if (header.bits !== required) {
    throw ruleError("bad-diffbits", { bits: hex32(header.bits), required: hex32(required) });
  }
}

function checkMedianTime(header: BlockHeader, parent: ChainEntry, ancestry: Ancestry): void {
  const median = medianTimePast(parent, ancestry);
  if (header.time <= median) throw ruleError("time-too-old", { time: header.time, medianTimePast: median });
}

/** BIP94 only: without it a period's first block could be dated back to lower the difficulty again and again. */
function checkTimewarp(header: BlockHeader, parent: ChainEntry, params: NetworkParams): void {
  const rule = params.retarget;
  if (rule.kind !== "bitcoin" || rule.bip94 !== true || (parent.height + 1) % rule.intervalBlocks !== 0) return;
  if (header.time < parent.header.time - MAX_TIMEWARP_SECONDS) {
    throw ruleError("time-timewarp-attack", { time: header.time, parentTime: parent.header.time });
  }
}

function checkFutureTime(header: BlockHeader, nowSeconds: number): void {
  if (header.time > nowSeconds + MAX_FUTURE_BLOCK_SECONDS) {
    throw ruleError("time-too-new", { time: header.time, now: Math.floor(nowSeconds) });
  }
}

/** BIP34, BIP66 and BIP65 each made an older version invalid. @throws RuleError bad-version */
export function checkVersion(header: BlockHeader, height: number, params: NetworkParams): void {
  const { bip34, bip65, bip66 } = params.activation;
  const tooOld =
    (header.version < 2 && height >= bip34) ||
    (header.version < 3 && height >= bip66) ||
    (header.version < 4 && height >= bip65);
  if (tooOld) throw ruleError("bad-version", { version: hex32(header.version), height });
}

function hex32(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
}
