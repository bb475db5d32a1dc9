import { InputError } from "@forkyard/core/errors";
import { MAX_PORT, PORTS_PER_NODE } from "../limits.ts";
import type { DevnetConfig, DevnetNetwork, LogLevel, RestartPolicy } from "./devnet-config.ts";
import { neighbours } from "./topology.ts";

/** One node as it is to run. */
export interface NodePlan {
  readonly name: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  /** Part of the net's hash power, 0 to 1. */
  readonly hashShare: number;
  /** Hashes a second. */
  readonly hashRate: number;
  /** Names of the wallets it holds; the miner's own is the last. */
  readonly wallets: readonly string[];
  /** The wallet that its block rewards go to. */
  readonly payTo: string;
  /** Names of the nodes it keeps links to. */
  readonly neighbours: readonly string[];
  /** What makes it a node of an experiment: the key of that name in its configuration. */
  readonly laboratory?: object;
}

/** A whole devnet as it is to run. */
export interface DevnetPlan {
  readonly network: DevnetNetwork;
  readonly nodes: readonly NodePlan[];
  readonly restart: RestartPolicy;
  readonly mdns: boolean;
  readonly logLevel: LogLevel;
}

/** On devnet 100 kH/s are about a block in 5 s at a few per cent of a core; on regtest a block takes two hashes. */
const DEFAULT_HASH_RATES: Readonly<Record<DevnetNetwork, number>> = { devnet: 13_000, regtest: 0.4 };
/** Wallets that every devnet has, by the place of the node that holds them. */
const DEFAULT_WALLETS: readonly string[] = ["alice", "bob", "merchant"];

/** Works out names, ports, shares, wallets and links. @throws InputError when they contradict one another */
export function planDevnet(config: DevnetConfig): DevnetPlan {
  const listed = listedNodes(config);
  const names = listed.map((node) => node.name);
  refuseTwins(names);
  const lastPort = config.portBase + PORTS_PER_NODE * (names.length - 1) + 1;
  if (lastPort > MAX_PORT)
    throw new InputError(`port base ${config.portBase} is too high: ${names.length} nodes would need port ${lastPort}`);

  const hosts = walletHosts(config, names);
  const links = neighbours(names.length, config.topology);
  const totalShare = listed.reduce((sum, node) => sum + node.hashShare, 0);
  const totalRate = config.hashRate ?? DEFAULT_HASH_RATES[config.network];
  const nodes = names.map((name, place): NodePlan => {
    const hashShare = totalShare === 0 ? 0 : (listed[place]?.hashShare ?? 0) / totalShare;
    const payTo = minerWallet(place);
    return {
      name,
      rpcPort: config.portBase + PORTS_PER_NODE * place,
      p2pPort: config.portBase + PORTS_PER_NODE * place + 1,
      hashShare,
      hashRate: hashShare * totalRate,
      wallets: [...[...hosts].filter(([, host]) => host === name).map(([wallet]) => wallet), payTo],
      payTo,
      neighbours: (links[place] ?? []).map((other) => names[other] ?? ""),
    };
  });
  return { network: config.network, nodes, restart: config.restart, mdns: config.mdns, logLevel: config.logLevel };
}

function listedNodes({ nodes }: DevnetConfig): readonly { readonly name: string; readonly hashShare: number }[] {
  const list =
    typeof nodes === "number" ? Array.from({ length: nodes }, () => ({ name: undefined, hashShare: 1 })) : nodes;
  return list.map(({ name, hashShare }, place) => ({ name: name ?? `node${place + 1}`, hashShare }));
}

function minerWallet(place: number): string {
  return `miner${place + 1}`;
}

function refuseTwins(names: readonly string[]): void {
  const twin = names.find((name, place) => names.indexOf(name) !== place);
  if (twin !== undefined) throw new InputError(`two nodes are named ${twin}: names must differ`);
}

function walletHosts(config: DevnetConfig, names: readonly string[]): ReadonlyMap<string, string> {
  const hosts = new Map(
    DEFAULT_WALLETS.map((wallet, place) => [wallet, names[Math.min(place, names.length - 1)] ?? ""]),
  );
  for (const [wallet, host] of Object.entries(config.wallets ?? {})) {
    if (!names.includes(host)) {
      throw new InputError(`wallet ${wallet} is to be on ${host}, but there is no such node: ${names.join(", ")}`);
    }
    if (names.some((_, place) => minerWallet(place) === wallet)) {
      throw new InputError(`wallet ${wallet} always belongs to the node of that number: choose another name`);
    }
    hosts.set(wallet, host);
  }
  return hosts;
}
