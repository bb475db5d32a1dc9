import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import type { ReorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import type { AcceptedBlock, CheckedBlock } from "@forkyard/consensus/rules/stages";
import type { ChainEntry } from "@forkyard/core/chain";
import { assert, RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import { connectStage } from "../pipeline/connect.ts";
import type { ScriptRunner } from "../scripts/script-runner.ts";
import type { ScriptSteps } from "../scripts/script-steps.ts";
import type { BlockReader } from "./block-reader.ts";
import type { BlockChange, ConnectedChange } from "./chain-events.ts";
import type { ChainParts } from "./chain-parts.ts";
import { StagedCoins } from "./staged-coins.ts";
import type { StoredBlocks } from "./stored-blocks.ts";

export interface PlanParts {
  readonly params: NetworkParams;
  readonly tree: HeaderTree;
  readonly store: ChainStore;
  readonly stored: StoredBlocks;
  readonly reader: BlockReader;
  readonly scripts: ScriptRunner;
  readonly extraRule: ChainParts["extraRule"] | undefined;
  /** Blocks whose fate is not known yet, as they came in: they need not be read from the store and judged again. */
  readonly fresh: ReadonlyMap<BlockHash, AcceptedBlock>;
}

/** A plan that holds: what it does, nothing of which is done yet. */
export interface CarriedOut {
  readonly coins: StagedCoins;
  readonly disconnected: readonly BlockChange[];
  readonly connected: readonly ConnectedChange[];
}

export interface ConnectFailure {
  readonly entry: ChainEntry;
  readonly error: RuleError;
}

/** Works a plan out over coins that stay as they are, or names the block that breaks a rule. */
export function* carryOutPlan(plan: ReorgPlan, parts: PlanParts): ScriptSteps<CarriedOut | ConnectFailure> {
  const coins = new StagedCoins(parts.store);
  const disconnected = plan.disconnect.map((entry) => disconnect(entry, coins, parts));
  const connected: ConnectedChange[] = [];
  for (const entry of plan.connect) {
    try {
      connected.push(yield* connect(entry, coins, parts));
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      return { entry, error };
    }
  }
  return { coins, disconnected, connected };
}

function disconnect(entry: ChainEntry, coins: StagedCoins, { store, stored }: PlanParts): BlockChange {
  const undo = store.undo(entry.hash);
  const block = stored.block(entry.hash);
  if (undo === undefined || block === undefined) throw stored.lost(entry, "undo data");
  coins.disconnect(undo);
  return { entry, block, delta: undo };
}

/** @throws RuleError */
function* connect(entry: ChainEntry, coins: StagedCoins, parts: PlanParts): ScriptSteps<ConnectedChange> {
  const { tree } = parts;
  const parent = tree.get(entry.header.prevHash);
  assert(parent !== undefined, `block ${entry.hash} has no parent in the tree`);
  const accepted =
    parts.fresh.get(entry.hash) ?? acceptBlock(storedBlock(entry, parts), entry, parent, tree, parts.params);
  const { block } = accepted;
  parts.extraRule?.(block, entry.height);
  const { delta, fees, scripts, inputsVerified } = connectStage(accepted, parent, coins, parts);
  // Before the scripts are waited for: threads run them meanwhile. When one fails, these coins go with the plan.
  coins.connect(delta);
  const failure = yield scripts;
  if (failure !== undefined) throw failure;
  return { entry, block, delta, fees, inputsVerified };
}

function storedBlock(entry: ChainEntry, { reader, stored }: PlanParts): CheckedBlock {
  const bytes = stored.bytes(entry.hash);
  if (bytes === undefined) throw stored.lost(entry, "body");
  return reader.check(reader.decode(bytes));
}
