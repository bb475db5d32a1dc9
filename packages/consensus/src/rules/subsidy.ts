import type { NetworkParams } from "@forkyard/core/params/network-params";
import { COIN } from "@forkyard/core/units";
import { MAX_HALVINGS } from "../limits.ts";

const INITIAL_SUBSIDY: bigint = 50n * COIN;

/** New satoshis that the block at `height` may make: 50 coins, halved every `subsidyHalvingBlocks`. */
export function subsidyAt(height: number, params: Pick<NetworkParams, "subsidyHalvingBlocks">): bigint {
  const halvings = Math.floor(height / params.subsidyHalvingBlocks);
  return halvings >= MAX_HALVINGS ? 0n : INITIAL_SUBSIDY >> BigInt(halvings);
}
