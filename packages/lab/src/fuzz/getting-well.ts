import type { Txid } from "@forkyard/core/hash";
import { inEveryMempool, minedEverywhere, oneTip } from "../checkers/liveness.ts";
import { violation } from "../checkers/violation.ts";
import type { FuzzWorld } from "./fuzz-world.ts";
import type { Stage } from "./stage.ts";
import { LATE_NODE, LATE_WALLET } from "./to-scenario.ts";
import type { Watch } from "./watch.ts";
import type { WorldInspection } from "./world-inspection.ts";

/** Everybody agrees after so many block intervals, and so long does every later step take at most. */
const INTERVALS_TO_AGREE = 3;
const PROBE_SATOSHIS = 1_000_000n;
const CALM_LATENCY_MS = 50;

/** What is done to a world when its noisy part is over, at which moment after it, and when it must be well. */
export class GettingWell {
  readonly #world: FuzzWorld;
  readonly #stage: Stage;
  readonly #watch: Watch;
  readonly #inspection: WorldInspection;
  readonly #intervalMs: number;
  #probe: Txid | undefined;

  constructor(world: FuzzWorld, stage: Stage, watch: Watch, inspection: WorldInspection) {
    this.#world = world;
    this.#stage = stage;
    this.#watch = watch;
    this.#inspection = inspection;
    this.#intervalMs = world.network.blockIntervalMs;
  }

  /** Steps with their times after the noisy part; the last one ends the run. */
  steps(): readonly { readonly afterMs: number; readonly run: () => void }[] {
    const turn = INTERVALS_TO_AGREE * this.#intervalMs;
    return [
      { afterMs: 0, run: () => this.#heal() },
      // Now everybody has started again and can be told.
      { afterMs: 1, run: () => this.#reconsider() },
      // Among equals nobody gives in: one block more decides.
      { afterMs: turn, run: () => this.#mine() },
      { afterMs: 2 * turn, run: () => this.#pay() },
      { afterMs: 2 * turn + this.#intervalMs, run: () => this.#minePayment() },
      { afterMs: 3 * turn, run: () => this.#startLate() },
      { afterMs: 4 * turn, run: () => this.#caughtUp() },
    ];
  }

  get #names(): readonly string[] {
    return this.#world.nodes.map(({ name }) => name);
  }

  #heal(): void {
    const stage = this.#stage;
    stage.sendAway();
    stage.command({ kind: "heal" });
    for (const { between } of this.#world.links) {
      stage.command({ kind: "link", between, up: true, latencyMs: CALM_LATENCY_MS, jitterMs: 0, loss: 0 });
    }
    for (const node of this.#names) {
      stage.command({ kind: "hash-power", node, share: 0 });
      stage.command({ kind: "clock", node, offsetSeconds: 0 });
      stage.command({ kind: "start", node });
    }
  }

  #reconsider(): void {
    for (const node of this.#names) this.#stage.reconsider(node);
  }

  #mine(): void {
    this.#stage.command({ kind: "mine", node: this.#names[0] ?? "", blocks: 1 });
  }

  #pay(): void {
    const fault = oneTip(this.#names, this.#inspection);
    if (fault !== undefined) return this.#watch.report(fault);
    // A node with an empty disk and nobody to ask begins the chain anew: then there are no coins to pay with.
    const first = this.#inspection.node(this.#names[0] ?? "")?.chain;
    const start = first?.tree.get(this.#inspection.startTip);
    if (first === undefined || start === undefined || !first.isActive(start)) return;
    const to = this.#world.wallets[0]?.name ?? LATE_WALLET;
    const result = this.#stage.command({
      kind: "pay",
      payment: "probe",
      from: LATE_WALLET,
      to,
      amount: PROBE_SATOSHIS,
    });
    if (result?.ok === true) this.#probe = result.txid;
    else this.#watch.report(violation("liveness", this.#names[0], `the last payment is refused: ${result?.reason}`));
  }

  #minePayment(): void {
    if (this.#probe === undefined) return;
    const fault = inEveryMempool(this.#probe, this.#names, this.#inspection);
    if (fault !== undefined) return this.#watch.report(fault);
    this.#stage.command({ kind: "mine", node: this.#names.at(-1) ?? "", blocks: 1 });
  }

  #startLate(): void {
    const fault = this.#probe && minedEverywhere(this.#probe, this.#names, this.#inspection);
    if (fault !== undefined) return this.#watch.report(fault);
    this.#stage.command({ kind: "crash", node: LATE_NODE, disk: "wipe" });
    this.#stage.command({ kind: "start", node: LATE_NODE });
  }

  #caughtUp(): void {
    const fault = oneTip([...this.#names, LATE_NODE], this.#inspection);
    if (fault !== undefined) this.#watch.report(fault);
  }
}
