import { InputError } from "@forkyard/core/errors";
import type { BranchResult } from "@forkyard/rpc/schema/results";
import { AGREEMENT_LIMIT_MS, MAX_REORG_ATTEMPTS } from "../limits.ts";
import { NetWatch } from "../observe/net-watch.ts";
import { sameTip } from "../observe/same-tip.ts";
import { type Balances, readBalances, readSupply, type Supply } from "../observe/wealth.ts";
import type { RemoteNode } from "../remote/remote-node.ts";
import type { RunningDevnet } from "../remote/running-devnet.ts";
import { type AttackPlan, type DoubleSpend, planAttack } from "./attack-plan.ts";
import { awaitSwitch, SwitchLog } from "./await-switch.ts";
import type { RemovedBlock, TransactionsMode } from "./branch-transactions.ts";
import { buryPayment } from "./bury-payment.ts";
import { chooseAttacker } from "./choose-attacker.ts";
import { type TransactionFate, transactionFates } from "./transaction-fates.ts";

export interface ReorgRequest {
  /** Blocks to take back, counted from the tip. */
  readonly depth: number;
  readonly mode: TransactionsMode;
  /** Name or number of the node that mines the branch. */
  readonly attacker?: string;
}

/** What `reorg` answers. Hashes of both branches are oldest first, amounts satoshis. */
export interface ReorgResult {
  readonly depth: number;
  readonly attacker: string;
  readonly forkPoint: { readonly height: number; readonly hash: string };
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Milliseconds from the publication of the branch to the switch of each node. */
  readonly nodes: readonly { readonly name: string; readonly switchedMs: number }[];
  readonly transactions: readonly TransactionFate[];
  /** Rewards of the removed blocks: gone with them. */
  readonly lostRewards: readonly string[];
  readonly balances: Readonly<Record<string, { readonly before: number; readonly after: number }>>;
  /** The double spend, with --txs replace. */
  readonly payment?: {
    readonly txid: string;
    readonly from: string;
    readonly to: string;
    readonly amount: number;
    readonly replacedBy: string;
    /** It was made for this reorganisation, because there was no other. */
    readonly staged: boolean;
  };
  readonly supply: { readonly before: Supply; readonly after: Supply };
  readonly milliseconds: number;
}

interface PreparedAttack {
  readonly plan: AttackPlan;
  readonly branch: BranchResult;
  readonly staged: boolean;
}

/**
 * Takes back the last `depth` blocks by work: a node mines a branch in secret that has more of it, and publishes it;
 * every other node switches by its own rules.
 * @param say told what is going on, for a person who waits
 */
export async function reorg(
  devnet: RunningDevnet,
  request: ReorgRequest,
  say: (line: string) => void,
): Promise<ReorgResult> {
  const started = performance.now();
  const nodes = requireWholeNet(devnet);
  const attacker = attackerOf(devnet, request);
  const address = await attacker.newAddress(attacker.state.wallets.at(-1) ?? "");
  const watch = new NetWatch(nodes);
  try {
    await watch.open();
    await watch.until(() => sameTip(watch.tips), AGREEMENT_LIMIT_MS, "the nodes do not agree on a tip");
    const prepared = await prepare(devnet, watch, attacker, request, address, say);
    const before = await wealth(devnet, attacker);
    const outcome = await publish(watch, attacker, address, prepared.branch, nodes.length);
    const after = await wealth(devnet, attacker);
    return {
      depth: outcome.log.removed.length,
      attacker: attacker.name,
      forkPoint: prepared.plan.forkPoint,
      removed: outcome.log.removed,
      added: outcome.added,
      nodes: switchTimes(nodes, outcome),
      ...(await fates(nodes, attacker, outcome)),
      balances: comparison(before.balances, after.balances),
      ...paymentPart(prepared),
      supply: { before: before.supply, after: after.supply },
      milliseconds: Math.round(performance.now() - started),
    };
  } finally {
    await watch.close();
  }
}

function requireWholeNet(devnet: RunningDevnet): readonly RemoteNode[] {
  if (devnet.partition() !== undefined) {
    throw new InputError('the net is partitioned, so a branch cannot reach everybody: "forkyard heal" first');
  }
  return devnet.running();
}

function attackerOf(devnet: RunningDevnet, request: ReorgRequest): RemoteNode {
  if (request.attacker !== undefined) return devnet.runningNode(request.attacker);
  const running = devnet.running();
  const name = chooseAttacker(running.map((node) => ({ name: node.name, wallets: node.state.wallets })))?.name;
  return devnet.runningNode(name ?? "1");
}

/** Mines the branch; again from the new tip when the net has mined on meanwhile, so that DEPTH is what was asked for. */
async function prepare(
  devnet: RunningDevnet,
  watch: NetWatch,
  attacker: RemoteNode,
  request: ReorgRequest,
  address: string,
  say: (line: string) => void,
): Promise<PreparedAttack> {
  let staged = false;
  for (let attempt = 1; attempt <= MAX_REORG_ATTEMPTS; attempt++) {
    if (request.mode === "replace") {
      staged = (await buryPayment(devnet, watch, attacker, request.depth, say)).staged || staged;
    }
    const plan = await planAttack(devnet, attacker, request.depth, request.mode);
    // The net has mined on since the payment was deep enough.
    if (plan === undefined) continue;
    const { forkPoint, transactions } = plan;
    const branch = await attacker.mineBranch({
      forkPoint: forkPoint.hash,
      blocks: request.depth + 1,
      transactions,
      address,
    });
    const moved = watch.tips.get(attacker.name) !== plan.tip;
    // A branch that takes longer than the net needs for a block goes deeper than was asked for; the answer says how deep.
    if (!moved || attempt === MAX_REORG_ATTEMPTS) return { plan, branch, staged };
  }
  throw new InputError("the net mines faster than a payment can be buried: try again");
}

interface Outcome {
  readonly log: SwitchLog;
  readonly publishedAtMs: number;
  /** Hashes of the branch, oldest first. */
  readonly added: readonly string[];
  /** Ids that a node put back into its mempool. */
  readonly resurrected: ReadonlySet<string>;
}

async function publish(
  watch: NetWatch,
  attacker: RemoteNode,
  address: string,
  branch: BranchResult,
  nodeCount: number,
): Promise<Outcome> {
  const log = new SwitchLog(branch.blocks[0]?.hash ?? "");
  const resurrected = new Set<string>();
  const stopListening = watch.listen((node, event) => {
    log.push(node, event);
    if (event.type === "transaction" && event.status === "resurrected") resurrected.add(event.txid);
  });
  const publishedAtMs = Date.now();
  await attacker.publishBranch(branch.branch);
  const published = { attacker, name: branch.branch, address };
  const extensions = await awaitSwitch(watch, log, published, nodeCount);
  stopListening();
  const added = [...branch.blocks, ...extensions].map((block) => block.hash);
  return { log, publishedAtMs, added, resurrected };
}

function switchTimes(nodes: readonly RemoteNode[], outcome: Outcome): ReorgResult["nodes"] {
  return nodes.map(({ name }) => {
    const atMs = outcome.log.switchedAtMs.get(name) ?? outcome.publishedAtMs;
    return { name, switchedMs: Math.max(0, atMs - outcome.publishedAtMs) };
  });
}

async function fates(
  nodes: readonly RemoteNode[],
  attacker: RemoteNode,
  outcome: Outcome,
): Promise<Pick<ReorgResult, "transactions" | "lostRewards">> {
  const [removed, added, mempools] = await Promise.all([
    readBlocks(attacker, outcome.log.removed),
    readBlocks(attacker, outcome.added),
    Promise.all(nodes.map((node) => node.mempool())),
  ]);
  const payments = added.flatMap((block) => block.txs.filter((tx) => !tx.coinbase));
  const transactions = transactionFates(removed, {
    branchTxids: new Set(payments.map((tx) => tx.txid)),
    mempoolTxids: new Set([...mempools.flat(), ...outcome.resurrected]),
    branchSpenders: new Map(payments.flatMap((tx) => tx.spends.map((outPoint) => [outPoint, tx.txid] as const))),
  });
  const rewards = removed.flatMap((block) => block.txs.filter((tx) => tx.coinbase));
  return { transactions, lostRewards: rewards.map((tx) => tx.txid) };
}

function readBlocks(node: RemoteNode, hashes: readonly string[]): Promise<readonly RemovedBlock[]> {
  return Promise.all(hashes.map((hash) => node.block(hash)));
}

async function wealth(devnet: RunningDevnet, node: RemoteNode): Promise<{ balances: Balances; supply: Supply }> {
  const [balances, supply] = await Promise.all([readBalances(devnet), readSupply(devnet, node.name)]);
  return { balances, supply };
}

function comparison(before: Balances, after: Balances): ReorgResult["balances"] {
  const pairs = [...before].map(
    ([wallet, amount]) => [wallet, { before: amount, after: after.get(wallet) ?? 0 }] as const,
  );
  return Object.fromEntries(pairs);
}

function paymentPart({ plan, staged }: PreparedAttack): Pick<ReorgResult, "payment"> {
  if (plan.doubleSpend === undefined) return {};
  const { txid, payer, receiver, amount, replacedBy }: DoubleSpend = plan.doubleSpend;
  return { payment: { txid, from: payer, to: receiver, amount: Number(amount), replacedBy, staged } };
}
