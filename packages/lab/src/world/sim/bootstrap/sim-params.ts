import { buildGenesis } from "@forkyard/core/params/genesis";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { atPace } from "@forkyard/node/laboratory/network-pace";
import type { ScenarioNetwork } from "../../../scenario/model.ts";
import { paceOf } from "../../network-pace.ts";

/** Hard enough that a difficulty can fall and rise in fine steps: regtest's own is the easiest there is. */
const SIM_BITS = 0x1f00ffff;

/**
 * The rules of a simulated network: those of the real one, with the scenario's pace.
 * @param drawn the hashes that the lottery has given out
 */
export function simParams(network: ScenarioNetwork, drawn: ReadonlySet<string>): NetworkParams {
  const base = networkByName(network.rules);
  return {
    ...atPace(base, paceOf(network)),
    genesis: network.rules === "regtest" ? simGenesis(base) : base.genesis,
    drawnByLot: (hash) => drawn.has(hash),
  };
}

function simGenesis({ genesis }: NetworkParams): NetworkParams["genesis"] {
  const { version, time, nonce } = genesis.header;
  const outputScript = genesis.txs[0]?.outputs[0]?.scriptPubKey ?? new Uint8Array();
  return buildGenesis({ message: "Forkyard simulator", outputScript, version, time, bits: SIM_BITS, nonce });
}
