import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { nextBits } from "@forkyard/consensus/rules/retarget/next-bits";
import { hash160 } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Curve } from "@forkyard/core/ports/curve";
import { payToWitness } from "@forkyard/core/script/templates";
import { STATUS_POLL_MS } from "@forkyard/network/limits";
import { plainBlockReader } from "@forkyard/node/chain/block-reader";
import { loadChainStart } from "@forkyard/node/chain/load-chain";
import type { Scenario } from "../../scenario/model.ts";
import type { NodeName } from "../world.ts";
import { type Bootstrap, bootstrap } from "./bootstrap/bootstrap.ts";
import { simParams } from "./bootstrap/sim-params.ts";
import { chooseDisk, crashingNodes, type DiskParts } from "./disk/choose-disk.ts";
import { Lottery } from "./mining/lottery.ts";
import { SimNetwork } from "./network/sim-network.ts";
import { SimHost, type SimHostParts } from "./node/sim-host.ts";
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

/** What comes before the first event. */
interface Beginning {
  readonly scenario: Scenario;
  readonly options: SimWorldOptions;
  readonly params: NetworkParams;
  readonly curve: Curve;
  readonly shared: SharedObjects;
  readonly drawn: Set<string>;
  readonly wallets: readonly SimWallet[];
  readonly start: Bootstrap;
  readonly empty: SimChainStore;
  readonly time: VirtualTime;
  readonly streams: RandomStreams;
  readonly lottery: Lottery;
}

const LARGE_NET_NODES = 100;
const LARGE_NET_INTERVALS_PER_POLL = 20;
const US_PER_MS = 1_000;
const MS_PER_SECOND = 1_000;

/**
 * A scenario's world on a virtual clock, with the very code of the node, at the end of its bootstrap: what its nodes did
 * when they started is told to the first who listen.
 * @throws InputError when its wallets are to have more than can be mined, and for rules that are no variant
 */
export async function createSimWorld(scenario: Scenario, options: SimWorldOptions): Promise<SimWorld> {
  const beginning = await begin(scenario, options);
  const { time, streams, wallets, start } = beginning;
  const numbers = new Map(scenario.nodes.map(({ name }, index) => [name, index]));
  const network = new SimNetwork({
    time,
    streams,
    numberOf: (node) => numbers.get(node) ?? scenario.nodes.length,
    linkChanged: (node, peer, status) => world.tell(node, { type: "link", peer, status }),
  });
  const hosts = makeHosts(beginning, network, () => world);
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

async function begin(scenario: Scenario, options: SimWorldOptions): Promise<Beginning> {
  const drawn = new Set<string>();
  const params = simParams(scenario.network, drawn);
  const shared = new SharedObjects();
  const curve = selectCurve();
  const wallets = scenario.wallets.map(({ name, node }) => new SimWallet(name, node, params));
  const start = await bootstrap({
    params,
    curve,
    shared,
    drawn,
    blocks: scenario.network.bootstrapBlocks,
    wallets: scenario.wallets.map(({ coins }, index) => ({ coins, script: (wallets[index] as SimWallet).script })),
  });
  const empty = new SimChainStore(shared);
  await loadChainStart(params, empty);
  const time = new VirtualTime(start.timeSeconds * MS_PER_SECOND);
  const streams = new RandomStreams(options.seed);
  const lottery = new Lottery(drawn, scenario.network.blockIntervalMs * US_PER_MS, await bitsAfter(start, params));
  return { scenario, options, params, curve, shared, drawn, wallets, start, empty, time, streams, lottery };
}

/** @param world asked only once it is there */
function makeHosts(beginning: Beginning, network: SimNetwork, world: () => SimWorld): readonly SimHost[] {
  const { scenario, options, params, curve, shared, wallets, start, empty, time, streams, lottery } = beginning;
  const crashing = crashingNodes(scenario);
  const diskParts: DiskParts = {
    params,
    shared,
    empty,
    base: start.store,
    time,
    streams,
    moved: () => world().diskMoved(),
    damaged: (name) => world().diskDamaged(name),
  };
  const common: Omit<SimHostParts, "node" | "number" | "disk" | "wallets" | "payTo" | "tell"> = {
    params,
    curve,
    reader: sharedBlockReader(plainBlockReader(params, curve)),
    scripts: sharedScripts(curve, streams.of("", "script cache")),
    time,
    streams,
    network,
    lottery,
    statusPollMs: statusPollMs(scenario),
    storageFailed: (error) => world().fail(error),
  };
  return scenario.nodes.map((node, number) => {
    const { name } = node;
    const own = wallets.filter(({ host }) => host === name);
    return new SimHost({
      ...common,
      node,
      number,
      disk: chooseDisk(name, number, options.failingDisks ?? crashing.has(name), diskParts),
      wallets: own,
      payTo: own[0]?.script ?? nobodysScript(name),
      tell: (news) => world().tell(name, news),
    });
  });
}

/**
 * Gossip brings blocks; polls only find what it missed. On the devnet that is once a block, so here too; in large nets,
 * where nearly all traffic would be polls, more rarely.
 */
function statusPollMs({ network, nodes }: Scenario): number {
  const pollMs = Math.max(STATUS_POLL_MS, network.blockIntervalMs);
  return nodes.length > LARGE_NET_NODES ? pollMs * LARGE_NET_INTERVALS_PER_POLL : pollMs;
}

/** Bits of the first block after the bootstrap. */
async function bitsAfter({ store, timeSeconds }: Bootstrap, params: NetworkParams): Promise<number> {
  const { tree, tip } = await loadChainStart(params, store);
  return nextBits(tip, timeSeconds, tree, params);
}

/** Where a node without a wallet sends what it mines: a key that nobody has. */
function nobodysScript(node: NodeName): Uint8Array {
  return payToWitness(0, hash160(new TextEncoder().encode(`nobody's key for ${node}`)));
}
