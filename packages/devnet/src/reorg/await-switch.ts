import type { NodeEvent } from "@forkyard/rpc/schema/events";
import type { BranchResult } from "@forkyard/rpc/schema/results";
import { MAX_BRANCH_EXTENSIONS, REORG_PATIENCE_MS } from "../limits.ts";
import type { NetWatch } from "../observe/net-watch.ts";
import { TimeLimitError } from "../observe/time-limit-error.ts";
import type { RemoteNode } from "../remote/remote-node.ts";

/** Who has gone over to a branch, by the nodes' own events. */
export class SwitchLog {
  readonly #firstBlock: string;
  readonly #switchedAtMs = new Map<string, number>();
  #removed: readonly string[] = [];

  /** @param firstBlock the branch's first block: whoever connects it has switched */
  constructor(firstBlock: string) {
    this.#firstBlock = firstBlock;
  }

  push(node: string, event: NodeEvent): void {
    if (event.type !== "reorg") return;
    const removed: readonly string[] = event.removed;
    if (removed.includes(this.#firstBlock)) this.#switchedAtMs.delete(node);
    if (!(event.added as readonly string[]).includes(this.#firstBlock)) return;
    this.#switchedAtMs.set(node, event.timeMs);
    if (removed.length > this.#removed.length) this.#removed = [...removed].reverse();
  }

  /** When each node switched, in milliseconds since 1970. */
  get switchedAtMs(): ReadonlyMap<string, number> {
    return this.#switchedAtMs;
  }

  /** The blocks that were taken back, oldest first: the longest list that a node told of. */
  get removed(): readonly string[] {
    return this.#removed;
  }
}

/** A branch that was published: its name at the node that mined it, and where rewards of more blocks go. */
export interface PublishedBranch {
  readonly attacker: RemoteNode;
  readonly name: string;
  readonly address: string;
}

/**
 * Waits until all nodes have switched. When the honest miners draw level in the meantime, nodes rightly stay with the
 * branch they saw first, the attacker's among them if that was before he published: then he mines on until his has more
 * work again.
 * @returns blocks that were mined on top of the branch
 */
export async function awaitSwitch(
  watch: NetWatch,
  log: SwitchLog,
  branch: PublishedBranch,
  nodeCount: number,
): Promise<readonly BranchResult["blocks"][number][]> {
  const allSwitched = (): boolean => log.switchedAtMs.size === nodeCount;
  const added: BranchResult["blocks"][number][] = [];
  for (let extension = 0; extension < MAX_BRANCH_EXTENSIONS; extension++) {
    if (await watch.within(allSwitched, REORG_PATIENCE_MS)) return added;
    const more = await mineOn(branch, log.switchedAtMs.has(branch.attacker.name));
    await branch.attacker.publishBranch(more.branch);
    added.push(...more.blocks);
  }
  if (await watch.within(allSwitched, REORG_PATIENCE_MS)) return added;
  throw new TimeLimitError(
    `only ${log.switchedAtMs.size} of ${nodeCount} nodes switched to the branch: the others found more work elsewhere`,
  );
}

/** One more block: on the attacker's tip where that is on the branch, else on the branch's last block. */
async function mineOn({ attacker, name, address }: PublishedBranch, onTip: boolean): Promise<BranchResult> {
  const block = { blocks: 1, transactions: [], address };
  if (!onTip) return attacker.mineWithheld({ ...block, on: { branch: name }, atFullPower: true });
  const { tip } = await attacker.status();
  return attacker.mineBranch({ ...block, forkPoint: tip });
}
