import { buildGenesis } from "@forkyard/core/params/genesis";
import type { NetworkParams, RetargetRule } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import type { ScenarioNetwork } from "../../../scenario/model.ts";

const MS_PER_SECOND = 1_000;
/** What the devnet's rule is in blocks (ADR 0003), for any interval. */
const ASERT_HALF_LIFE_BLOCKS = 12;
const ASERT_MAX_GAP_BLOCKS = 6;
/** Blocks between two retargets by Bitcoin's rule. */
const RETARGET_BLOCKS = 2_016;
/** Hard enough that a difficulty can fall and rise in fine steps: regtest's own is the easiest there is. */
const SIM_BITS = 0x1f00ffff;
/** The easiest target allowed: lots need no lower bound, and half a network may go away for good. */
const SIM_POW_LIMIT = (1n << 255n) - 1n;
/** Halvings of regtest come so early that long scenarios would run out of money. */
const SIM_HALVING_BLOCKS = 210_000;

/**
 * The rules of a simulated network: those of the real one, with the scenario's pace.
 * @param drawn the hashes that the lottery has given out
 */
export function simParams(network: ScenarioNetwork, drawn: ReadonlySet<string>): NetworkParams {
  const base = networkByName(network.rules);
  const spacingSeconds = Math.max(1, Math.round(network.blockIntervalMs / MS_PER_SECOND));
  return {
    ...base,
    genesis: network.rules === "regtest" ? simGenesis(base) : base.genesis,
    powLimit: SIM_POW_LIMIT,
    spacingSeconds,
    retarget: retargetRule(network, spacingSeconds),
    subsidyHalvingBlocks: SIM_HALVING_BLOCKS,
    coinbaseMaturity: network.coinbaseMaturity,
    drawnByLot: (hash) => drawn.has(hash),
  };
}

function retargetRule(network: ScenarioNetwork, spacingSeconds: number): RetargetRule {
  switch (network.retarget) {
    case "none":
      return { kind: "none" };
    case "asert":
      return {
        kind: "asert",
        halfLifeSeconds: ASERT_HALF_LIFE_BLOCKS * spacingSeconds,
        maxGapSeconds: ASERT_MAX_GAP_BLOCKS * spacingSeconds,
      };
    case "bitcoin":
      return { kind: "bitcoin", intervalBlocks: RETARGET_BLOCKS };
  }
}

function simGenesis({ genesis }: NetworkParams): NetworkParams["genesis"] {
  const { version, time, nonce } = genesis.header;
  const outputScript = genesis.txs[0]?.outputs[0]?.scriptPubKey ?? new Uint8Array();
  return buildGenesis({ message: "Forkyard simulator", outputScript, version, time, bits: SIM_BITS, nonce });
}
