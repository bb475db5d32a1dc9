import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { nextBits } from "@forkyard/consensus/rules/retarget/next-bits";
import { assert } from "@forkyard/core/errors";
import { hash160 } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { payToWitness } from "@forkyard/core/script/templates";
import { STATUS_POLL_MS } from "@forkyard/network/limits";
import { plainBlockReader } from "@forkyard/node/chain/block-reader";
import { loadChainStart } from "@forkyard/node/chain/load-chain";
import type { Scenario, ScenarioNode } from "../../scenario/model.ts";
import type { NodeName } from "../world.ts";
import { type Bootstrap, bootstrap } from "./bootstrap/bootstrap.ts";
import { simParams } from "./bootstrap/sim-params.ts";
import { FailingDisk } from "./disk/failing-disk.ts";
import { MemoryDisk } from "./disk/memory-disk.ts";
import { Lottery } from "./mining/lottery.ts";
import { SimNetwork } from "./network/sim-network.ts";
import type { NodeNews } from "./node/node-news.ts";
import { SimHost } from "./node/sim-host.ts";
import { RandomStreams } from "./random/stream.ts";
import { SimWorld } from "./sim-world.ts";
import { sharedBlockReader } from "./store/shared-block-reader.ts";
import { SharedObjects } from "./store/shared-objects.ts";
import { sharedScripts } from "./store/shared-scripts.ts";
import { SimChainStore } from "./store/sim-chain-store.ts";
import { VirtualTime } from "./time/virtual-time.ts";
import { SimWallet } from "./wallet/sim-wallet.ts";

export interface SimWorldOptions {
  /** The same seed, scenario and commit make the same events. */
  readonly seed: number;
  /** Whether disks lose what a crash finds on its way to them: of all nodes, or (absent) of those that a step crashes. */
  readonly failingDisks?: boolean;
}

const LARGE_NET_NODES = 100;
const LARGE_NET_INTERVALS_PER_POLL = 20;
/** What writing and syncing takes on the average: that of a good disk. */
const MEAN_WRITE_US = 4_000;
const US_PER_MS = 1_000;
const MS_PER_SECOND = 1_000;

/**
 * A scenario's world on a virtual clock, with the very code of the node: at the end of its bootstrap, nothing has happened yet.
 * @throws InputError when its wallets are to have more than can be mined
 */
export async function createSimWorld(scenario: Scenario, options: SimWorldOptions): Promise<SimWorld> {
  const drawn = new Set<string>();
  const params = simParams(scenario.network, drawn);
  const shared = new SharedObjects();
  const curve = selectCurve();
  const reader = sharedBlockReader(plainBlockReader(params, curve));
  const wallets = scenario.wallets.map(({ name, node }) => new SimWallet(name, node, params));
  const start = await bootstrap({
    params,
    curve,
    shared,
    drawn,
    blocks: scenario.network.bootstrapBlocks,
    wallets: scenario.wallets.map(({ coins }, index) => ({ coins, script: (wallets[index] as SimWallet).script })),
  });
  const time = new VirtualTime(start.timeSeconds * MS_PER_SECOND);
  const streams = new RandomStreams(options.seed);
  const scripts = sharedScripts(curve, streams.of("", "script cache"));
  const numbers = new Map(scenario.nodes.map(({ name }, index) => [name, index]));
  const tell = (node: NodeName, news: NodeNews): void => world.tell(node, news);
  const network = new SimNetwork({
    time,
    streams,
    numberOf: (node) => numbers.get(node) ?? scenario.nodes.length,
    linkChanged: (node, peer, status) => tell(node, { type: "link", peer, status }),
  });
  const lottery = new Lottery(drawn, scenario.network.blockIntervalMs * US_PER_MS, await bitsAfter(start, params));
  const empty = new SimChainStore(shared);
  await loadChainStart(params, empty);
  const crashing = crashingNodes(scenario);
  const fails = ({ name }: ScenarioNode): boolean => options.failingDisks ?? crashing.has(name);
  const failingDisk = (name: NodeName, number: number): FailingDisk => {
    const random = streams.of(name, "disk");
    return new FailingDisk({
      params,
      random,
      base: start.store,
      committing: () => world.diskMoved(),
      damaged: () => world.diskDamaged(world.hosts.get(name) as SimHost),
      plan: (run) => {
        world.diskMoved();
        time.plan(number, random.exponential() * MEAN_WRITE_US, () => {
          world.diskMoved();
          run();
        });
      },
    });
  };
  const hosts = scenario.nodes.map((node, number) => {
    const own = wallets.filter(({ host }) => host === node.name);
    return new SimHost({
      node,
      number,
      params,
      curve,
      reader,
      scripts,
      time,
      streams,
      network,
      disk: fails(node) ? failingDisk(node.name, number) : new MemoryDisk(params, shared, empty, start.store),
      wallets: own,
      lottery,
      payTo: own[0]?.script ?? nobodysScript(node.name),
      statusPollMs: statusPollMs(scenario),
      tell: (news) => tell(node.name, news),
      storageFailed: (error) => world.fail(error),
    });
  });
  const world: SimWorld = new SimWorld({
    time,
    network,
    startHeight: start.height,
    hosts: new Map(hosts.map((host) => [host.name, host])),
    wallets: new Map(wallets.map((wallet) => [wallet.name, wallet])),
  });
  for (const { between, ...settings } of scenario.links) network.addLink(between, settings);
  for (const [index, host] of hosts.entries()) if (scenario.nodes[index]?.running === true) await host.start();
  return world;
}

/**
 * Gossip brings blocks; polls only find what it missed. On the devnet that is once a block, so here too; in large nets,
 * where nearly all traffic would be polls, more rarely.
 */
function statusPollMs({ network, nodes }: Scenario): number {
  const pollMs = Math.max(STATUS_POLL_MS, network.blockIntervalMs);
  return nodes.length > LARGE_NET_NODES ? pollMs * LARGE_NET_INTERVALS_PER_POLL : pollMs;
}

/** The nodes that a step of the timeline crashes. */
function crashingNodes({ timeline }: Scenario): ReadonlySet<NodeName> {
  const actions = timeline.flatMap((step) => [...step.actions, ...step.repeats.flatMap((repeat) => repeat.actions)]);
  return new Set(
    actions.flatMap((action) =>
      action.kind === "command" && action.command.kind === "crash" ? [action.command.node] : [],
    ),
  );
}

/** Bits of the first block after the bootstrap. */
async function bitsAfter({ store, timeSeconds }: Bootstrap, params: NetworkParams): Promise<number> {
  const { tree, tip } = await loadChainStart(params, store);
  assert(tip.height === store.tip()?.height, "the bootstrap ends at its tip");
  return nextBits(tip, timeSeconds, tree, params);
}

/** Where a node without a wallet sends what it mines: a key that nobody has. */
function nobodysScript(node: NodeName): Uint8Array {
  return payToWitness(0, hash160(new TextEncoder().encode(`nobody's key for ${node}`)));
}
