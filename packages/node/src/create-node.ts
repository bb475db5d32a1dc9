import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { MiningPool } from "@forkyard/consensus/miner/mining-pool";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { AssertionFault } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { chainId } from "@forkyard/core/params/networks";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Log } from "@forkyard/core/ports/log";
import { Mempool } from "@forkyard/mempool/mempool";
import { createLibp2pTransport } from "@forkyard/network/transport/libp2p/create-transport";
import type { Transport } from "@forkyard/network/transport/transport";
import { EventLog } from "@forkyard/rpc/schema/event-log";
import { type RpcServer, startRpcServer } from "@forkyard/rpc/server";
import type { EngineChainStore } from "@forkyard/storage/chain-store";
import { lockDataFolder } from "@forkyard/storage/data-folder-lock";
import { systemClock, systemTimers } from "./adapters/system-clock.ts";
import { systemRandom } from "./adapters/system-random.ts";
import { nodeApi } from "./api/node-api.ts";
import { Chain, type ChainStart } from "./chain/chain.ts";
import { ChainFollower } from "./chain/chain-follower.ts";
import { Pruner } from "./chain/pruner.ts";
import { coinCacheOf, type NodeConfig } from "./config.ts";
import { Laboratory, networkOf } from "./laboratory/laboratory.ts";
import { MempoolFollower } from "./mempool/mempool-follower.ts";
import { minerScript } from "./mining/miner-account.ts";
import { MiningDesk } from "./mining/mining-desk.ts";
import { Node } from "./node.ts";
import { type DataFolder, folderBytes, loadIdentity, openDataFolder } from "./process/data-folder.ts";
import { Teardown } from "./process/teardown.ts";
import { openChain } from "./recovery/open-chain.ts";
import { type BlockScripts, openBlockScripts } from "./scripts/block-scripts.ts";
import { flagsForNextBlock, MempoolScripts } from "./scripts/mempool-scripts.ts";
import { WalletHost } from "./wallets/wallet-host.ts";

const VERSION = "0.1.0";

/** A node that runs: where it can be reached, and how it is ended. */
export interface RunningNode {
  readonly peerId: string;
  readonly addresses: readonly string[];
  /** URL of the RPC server. */
  readonly rpcUrl: string;
  /** Ends everything in order; resolves when all is on the disk. */
  stop(): Promise<void>;
}

export interface NodeProgram {
  readonly config: NodeConfig;
  readonly log: Log;
  /** Build the chain anew from its stored blocks before anything else. */
  readonly reindex?: boolean;
  /** Asked over RPC to end. */
  readonly stopRequested: () => void;
  /** Something broke that the node must not outlive: a disk that refuses to write, a mining thread that died. */
  readonly failed: (error: unknown) => void;
}

/** What is there before the node is. */
interface Foundation {
  readonly program: NodeProgram;
  readonly params: NetworkParams;
  readonly folder: DataFolder;
  readonly store: EngineChainStore;
  readonly start: ChainStart;
  readonly curve: Curve;
  readonly scripts: BlockScripts;
  readonly transport: Transport;
  readonly pool: MiningPool;
}

/**
 * Puts a node together on the real world and starts it.
 * @throws InputError when the data folder, a port, a wallet or the configuration cannot be used; nothing is left open then
 */
export async function startNode(program: NodeProgram): Promise<RunningNode> {
  const teardown = new Teardown();
  try {
    return await build(program, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function build(program: NodeProgram, teardown: Teardown): Promise<RunningNode> {
  const foundation = await layFoundation(program, teardown);
  const { node, laboratory } = await assembleNode(foundation, teardown);
  const desk = await openMiningDesk(foundation, { node, laboratory }, teardown);
  const engines = { curve: foundation.curve.name, grinder: foundation.pool.choice.grinder };
  await foundation.transport.start(node);
  teardown.add(async () => {
    node.stop();
    await foundation.transport.stop();
  });
  const rpc = await startRpc(program, nodeApi({ node, desk, engines, laboratory }, program.stopRequested), teardown);
  desk.miner.start();
  return {
    peerId: foundation.transport.self,
    addresses: foundation.transport.addresses(),
    rpcUrl: `http://127.0.0.1:${rpc.port}`,
    stop: () => teardown.run(),
  };
}

/** Opens what is slow to open side by side: disk, network identity, mining threads. */
async function layFoundation(program: NodeProgram, teardown: Teardown): Promise<Foundation> {
  const { config, log } = program;
  const params = networkOf(config.network, config.laboratory);
  const folder = openDataFolder(config.dataDir);
  const lock = lockDataFolder(folder.path);
  teardown.add(async () => lock.release());
  const identity = loadIdentity(folder.identityFile, systemRandom);
  const poolStarting = MiningPool.start({
    ...(config.mining.workers > 0 && { workers: config.mining.workers }),
    failed: program.failed,
  });
  teardown.add(async () => (await poolStarting).close());
  const curve = selectCurve(undefined, (name, reason) => log.warn("signature engine passed over", { name, reason }));
  const ports = { clock: systemClock, timers: systemTimers, random: systemRandom };
  const scripts = openBlockScripts({ curve, ...ports, failed: program.failed });
  teardown.add(() => scripts.close());
  const { store, start } = await openChain({
    folder: folder.chain,
    params,
    curve,
    scripts: scripts.runner,
    coinCache: coinCacheOf(config, () => systemClock.monotonicMs()),
    clock: systemClock,
    random: systemRandom,
    log,
    reindex: program.reindex === true,
  });
  teardown.add(() => store.close());
  store.onDamage(program.failed);
  const transport = await createLibp2pTransport({
    chainId: chainId(params),
    identity,
    host: config.p2p.host,
    port: config.p2p.port,
    staticPeers: config.p2p.staticPeers,
    mdns: config.p2p.mdns,
    userAgent: userAgentOf(config),
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    log,
  });
  return { program, params, folder, store, start, curve, scripts, transport, pool: await poolStarting };
}

/** A node, and what it has besides when it is one of an experiment. */
interface AssembledNode {
  readonly node: Node;
  readonly laboratory: Laboratory | undefined;
}

async function assembleNode(foundation: Foundation, teardown: Teardown): Promise<AssembledNode> {
  const { program, params, folder, store, start, curve, scripts, transport } = foundation;
  const { config, log } = program;
  const events = new EventLog(() => systemClock.nowMs());
  const laboratory = openLaboratory(config, events);
  const clock = laboratory?.clock ?? systemClock;
  const mempoolScripts = new MempoolScripts(curve, scripts.verified, () => flagsForNextBlock(chain.tip, params));
  const mempool = new Mempool({ params, coins: store, verify: (check) => mempoolScripts.verify(check) });
  const wallets = new WalletHost({
    params,
    store,
    clock,
    random: systemRandom,
    folder: folder.wallets,
    secretFile: config.walletSecretFile,
    tipHeight: () => chain.tip.height,
  });
  teardown.add(() => wallets.close());
  const mempoolFollower = new MempoolFollower({
    params,
    mempool,
    wallets,
    events,
    clock,
    ancestry: start.tree,
  });
  const follower = new ChainFollower({ mempool: mempoolFollower, wallets, events, log });
  const chain = makeChain(foundation, follower, laboratory);
  await wallets.open(config.wallets.map(({ name }) => name));
  const node = new Node({
    name: config.name,
    params,
    chain,
    store,
    mempool,
    mempoolFollower,
    wallets,
    transport,
    events,
    clock,
    timers: systemTimers,
    log,
    userAgent: userAgentOf(config),
    sizeOnDiskBytes: () => folderBytes(folder.chain),
    prunes: config.prune !== undefined,
  });
  const pruner = makePruner(foundation, chain);
  follower.follow(chain, (resurrected) => {
    node.tipChanged(resurrected);
    pruner?.prune();
  });
  pruner?.prune();
  chain.resume();
  return { node, laboratory };
}

function makeChain(foundation: Foundation, listener: ChainFollower, laboratory: Laboratory | undefined): Chain {
  const { program, params, store, start, curve, scripts } = foundation;
  const parts = { params, store, curve, scripts: scripts.runner, listener, storageFailed: program.failed };
  return laboratory?.chain(parts, start) ?? new Chain(parts, start);
}

function openLaboratory({ laboratory }: NodeConfig, events: EventLog): Laboratory | undefined {
  if (laboratory === undefined) return undefined;
  return new Laboratory(laboratory, systemClock, (hash, code) => void events.append({ type: "refused", hash, code }));
}

function makePruner({ program, store }: Foundation, chain: Chain): Pruner | undefined {
  const { prune } = program.config;
  if (prune === undefined) return undefined;
  return new Pruner({ chain, store, keepBlocks: prune.keepBlocks, storageFailed: program.failed });
}

async function openMiningDesk(
  { program, params, pool }: Foundation,
  { node, laboratory }: AssembledNode,
  teardown: Teardown,
): Promise<MiningDesk> {
  const { mining } = program.config;
  const payTo = await minerScript(mining.payTo, node.wallets, params);
  const firstExtraNonce = new ByteReader(systemRandom.bytes(4)).u32();
  const variant = laboratory === undefined ? {} : { variant: () => laboratory.judgement.variant };
  const desk = new MiningDesk(node, { pool, hashRate: mining.hashRate, payTo, firstExtraNonce, ...variant });
  teardown.add(async () => desk.miner.stop());
  return desk;
}

async function startRpc(program: NodeProgram, api: ReturnType<typeof nodeApi>, teardown: Teardown): Promise<RpcServer> {
  const { config, log } = program;
  const server = await startRpcServer({
    node: api,
    port: config.rpc.port,
    dataFolder: config.dataDir,
    random: systemRandom,
    log,
    onFault: (error, method) => {
      log.error("RPC call failed", {
        method,
        reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      if (error instanceof AssertionFault) program.failed(error);
    },
  });
  teardown.add(() => server.close());
  return server;
}

function userAgentOf(config: NodeConfig): string {
  return `/Forkyard:${VERSION}(${config.name})/`;
}
