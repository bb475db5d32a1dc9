import { coinSetChecker } from "../checkers/coin-set.ts";
import { limitsChecker } from "../checkers/declared-limits.ts";
import { type DurabilityChecker, durabilityChecker } from "../checkers/durability.ts";
import { honestPeersChecker } from "../checkers/honest-peers.ts";
import type { Checker } from "../checkers/inspection.ts";
import { lostPaymentsChecker } from "../checkers/lost-payments.ts";
import { mempoolChecker } from "../checkers/mempool.ts";
import { mostWorkChecker } from "../checkers/most-work.ts";
import { replacementsChecker } from "../checkers/replacements.ts";
import { stuckOrphansChecker } from "../checkers/stuck-orphans.ts";
import { supplyChecker } from "../checkers/supply.ts";
import { undoChecker } from "../checkers/undo.ts";
import { verdictChecker } from "../checkers/verdicts.ts";
import type { Violation } from "../checkers/violation.ts";
import { walletChecker } from "../checkers/wallet.ts";
import { worklessGrowthChecker } from "../checkers/workless-growth.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import type { WorldInspection } from "./world-inspection.ts";

/** All checkers of one world: hears every event, and looks at the nodes to which something has happened. */
export class Watch {
  readonly #durability: DurabilityChecker;
  readonly #inspection: WorldInspection;
  readonly #checkers: readonly Checker[];
  readonly #touched = new Set<NodeName>();
  #found: Violation | undefined;

  constructor(inspection: WorldInspection) {
    this.#inspection = inspection;
    this.#durability = durabilityChecker(inspection);
    this.#checkers = [
      verdictChecker(inspection),
      coinSetChecker(inspection),
      supplyChecker(inspection),
      undoChecker(inspection),
      mostWorkChecker(inspection),
      this.#durability,
      mempoolChecker(inspection),
      lostPaymentsChecker(inspection),
      replacementsChecker(),
      stuckOrphansChecker(inspection),
      walletChecker(inspection),
      limitsChecker(),
      honestPeersChecker(inspection),
      worklessGrowthChecker(inspection),
    ];
  }

  get found(): Violation | undefined {
    return this.#found;
  }

  /** The disk of a node is empty, or holds what could be saved of it. */
  damaged(node: NodeName): void {
    this.#durability.wiped(node);
  }

  /** Something else than a checker has found that an invariant is broken. */
  report(violation: Violation): void {
    this.#found ??= violation;
  }

  observe(event: WorldEvent): void {
    this.#touched.add(event.node);
    if (event.type === "payment") this.#inspection.noteSigned();
    if (event.type === "block" || event.type === "side") this.#learn(event.node, event.hash);
    for (const checker of this.#checkers) checker.observe?.(event);
  }

  /** To be called when all nodes are at rest. */
  check(): Violation | undefined {
    if (this.#touched.size === 0 || this.#found !== undefined) return this.#found;
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const name of touched) {
      const node = this.#inspection.node(name);
      if (node === undefined) continue;
      for (const checker of this.#checkers) this.#found ??= checker.check?.(node);
    }
    return this.#found;
  }

  /** Looks at every node once more, the long way. */
  async checkAtEnd(): Promise<Violation | undefined> {
    for (const name of this.#inspection.honest) {
      const node = this.#inspection.node(name);
      if (node === undefined) continue;
      for (const checker of this.#checkers) this.#found ??= await checker.checkAtEnd?.(node);
    }
    return this.#found;
  }

  #learn(name: NodeName, hash: Extract<WorldEvent, { type: "block" }>["hash"]): void {
    const { reference } = this.#inspection;
    if (reference.judge(hash)?.valid === true) return;
    const block = this.#inspection.node(name)?.chain.block(hash);
    if (block !== undefined) reference.add(block);
  }
}
