import type { Scenario } from "../../../scenario/model.ts";
import type { NodeName } from "../../world.ts";
import type { RandomStreams } from "../random/stream.ts";
import type { SharedObjects } from "../store/shared-objects.ts";
import type { SimChainStore } from "../store/sim-chain-store.ts";
import type { VirtualTime } from "../time/virtual-time.ts";
import { FailingDisk, type FailingDiskParts } from "./failing-disk.ts";
import { MemoryDisk } from "./memory-disk.ts";
import type { SimDisk } from "./sim-disk.ts";

/** What writing and syncing takes on the average: that of a good disk. */
const MEAN_WRITE_US = 4_000;

export interface DiskParts {
  readonly params: FailingDiskParts["params"];
  readonly shared: SharedObjects;
  /** Holds the genesis block alone. */
  readonly empty: SimChainStore;
  readonly base: SimChainStore;
  readonly time: VirtualTime;
  readonly streams: RandomStreams;
  /** Something is on its way to a disk, or has got there. */
  readonly moved: () => void;
  readonly damaged: (node: NodeName) => void;
}

/** The disk of a node: one that fails, or one that costs next to nothing. */
export function chooseDisk(name: NodeName, number: number, fails: boolean, parts: DiskParts): SimDisk {
  const { params, shared, empty, base, time, streams, moved, damaged } = parts;
  if (!fails) return new MemoryDisk(params, shared, empty, base);
  const random = streams.of(name, "disk");
  return new FailingDisk({
    params,
    random,
    base,
    committing: moved,
    damaged: () => damaged(name),
    plan: (run) => {
      moved();
      time.plan(number, random.exponential() * MEAN_WRITE_US, () => {
        moved();
        run();
      });
    },
  });
}

/** The nodes that a step of the timeline crashes. */
export function crashingNodes({ timeline }: Scenario): ReadonlySet<NodeName> {
  const actions = timeline.flatMap((step) => [...step.actions, ...step.repeats.flatMap((repeat) => repeat.actions)]);
  return new Set(
    actions.flatMap((action) =>
      action.kind === "command" && action.command.kind === "crash" ? [action.command.node] : [],
    ),
  );
}
