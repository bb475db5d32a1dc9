/** A NodeApi for tests: reads answer from a hand-made chain, writes are recorded. */

import { addressOf } from "@forkyard/core/address";
import type { Block } from "@forkyard/core/block";
import { equalBytes } from "@forkyard/core/bytes/bytes";
import { InputError, RuleError } from "@forkyard/core/errors";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import { payToWitness } from "@forkyard/core/script/templates";
import { type OutPoint, outPointKey, type Transaction } from "@forkyard/core/tx";
import { COIN } from "@forkyard/core/units";
import type { LabApi } from "../lab-api.ts";
import type {
  CoinSetHashType,
  MempoolApi,
  MempoolEntryView,
  MiningApi,
  NodeApi,
  PeersApi,
  TestAcceptResult,
} from "../node-api.ts";
import { EventLog } from "../schema/event-log.ts";
import type { PaymentRequest, WalletApi, WalletsApi, WalletTransaction } from "../wallet-api.ts";
import { blockOn, coinbaseTx, FakeChain, MINER_SCRIPT, PAYEE_SCRIPT, params, spendingTx } from "./fake-chain.ts";

export const START_MS = 1_800_000_000_000;

export class FakeMempool implements MempoolApi {
  readonly accepted = new Map<Txid, MempoolEntryView>();
  /** What `test` and `submit` say of transactions that are not in yet. */
  verdict: TestAcceptResult = { status: "accepted", fee: 1000n };

  add(tx: Transaction, fee: bigint): void {
    this.accepted.set(tx.txid, { tx, fee, timeMs: START_MS, height: 3 });
  }

  txids(): readonly Txid[] {
    return [...this.accepted.keys()];
  }

  entry(txid: Txid): MempoolEntryView | undefined {
    return this.accepted.get(txid);
  }

  ancestors(txid: Txid): readonly Txid[] {
    const parents = this.accepted.get(txid)?.tx.inputs.map((input) => input.prevout.txid) ?? [];
    return parents.filter((parent) => this.accepted.has(parent));
  }

  descendants(txid: Txid): readonly Txid[] {
    return this.txids().filter((other) => this.ancestors(other).includes(txid));
  }

  spender(outPoint: OutPoint): Txid | undefined {
    const key = outPointKey(outPoint);
    return this.txids().find((txid) =>
      this.accepted.get(txid)?.tx.inputs.some((input) => outPointKey(input.prevout) === key),
    );
  }

  totals(): ReturnType<MempoolApi["totals"]> {
    return {
      count: this.accepted.size,
      virtualBytes: 200,
      usageBytes: 900,
      maxBytes: 50_000_000,
      totalFees: 1500n,
      minFeeRate: 1000n,
      minRelayFeeRate: 1000n,
      incrementalFeeRate: 1000n,
    };
  }

  test(tx: Transaction): TestAcceptResult {
    if (this.accepted.has(tx.txid)) {
      return { status: "refused", reason: "txn-already-in-mempool", details: "txn-already-in-mempool" };
    }
    return this.verdict;
  }

  submit(tx: Transaction): ReturnType<MempoolApi["submit"]> {
    if (this.accepted.has(tx.txid)) return { status: "already-in-mempool" };
    if (this.verdict.status !== "accepted") return this.verdict;
    this.add(tx, this.verdict.fee);
    return { status: "accepted", replaced: [] };
  }
}

export class FakeWallet implements WalletApi {
  readonly name: string;
  readonly history: WalletTransaction[] = [];
  readonly payments: PaymentRequest[] = [];
  constructor(name: string) {
    this.name = name;
  }

  balances(): ReturnType<WalletApi["balances"]> {
    return { confirmed: 10n * COIN, unconfirmed: 1n, immature: 50n * COIN };
  }

  async newAddress(kind: "bech32" | "legacy"): Promise<string> {
    return kind === "bech32"
      ? (addressOf(PAYEE_SCRIPT, params.addresses) as string)
      : "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8";
  }

  coins(): ReturnType<WalletApi["coins"]> {
    const output = { value: 123_456_789n, scriptPubKey: PAYEE_SCRIPT };
    const outPoint = { txid: "ab".repeat(32) as Txid, vout: 1 };
    return [
      { outPoint, output, coinbase: false, height: 1, spendable: true },
      { outPoint: { ...outPoint, vout: 2 }, output, coinbase: false, spendable: false },
      { outPoint: { ...outPoint, vout: 3 }, output, coinbase: true, height: 2, spendable: false },
    ];
  }

  transactions(): readonly WalletTransaction[] {
    return this.history;
  }

  transaction(txid: Txid): WalletTransaction | undefined {
    return this.history.find(({ tx }) => tx.txid === txid);
  }

  ownKey(script: Uint8Array): ReturnType<WalletApi["ownKey"]> {
    return equalBytes(script, MINER_SCRIPT) ? { publicKey: new Uint8Array(33).fill(2), isChange: true } : undefined;
  }

  async send(payment: PaymentRequest): ReturnType<WalletApi["send"]> {
    if (payment.amount > this.balances().confirmed) throw new InputError("Insufficient funds: too few in this test");
    this.payments.push(payment);
    const prevout = { txid: "cd".repeat(32) as Txid, vout: 0 };
    return { tx: spendingTx(prevout, [{ value: payment.amount, scriptPubKey: payment.to }]), fee: 141n };
  }

  sign(payment: PaymentRequest): ReturnType<WalletApi["sign"]> {
    return this.send(payment);
  }

  async doubleSpend(txid: Txid): ReturnType<WalletApi["doubleSpend"]> {
    if (txid !== "ef".repeat(32)) throw new InputError("this wallet made no such payment");
    return { tx: spendingTx({ txid, vout: 0 }, [{ value: 5n, scriptPubKey: MINER_SCRIPT }]), fee: 200n };
  }
}

/** The fake and all that a test may want to look at or change. */
export class FakeNode implements NodeApi {
  prunedHeight: number | undefined;
  readonly params = params;
  readonly startedAtMs = START_MS;
  nowMs = START_MS + 5_500;
  readonly clock = { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs };
  readonly timers = { after: afterReal };
  readonly data = new FakeChain();
  readonly mempool = new FakeMempool();
  readonly events = new EventLog(() => this.nowMs, 50);
  readonly peerCalls: string[] = [];
  readonly labCalls: unknown[] = [];
  readonly generated: unknown[] = [];
  readonly submitted: Block[] = [];
  submitVerdict: string | undefined = undefined;
  headerVerdict: string | undefined = undefined;
  warming: string | undefined = undefined;
  stopped = false;
  readonly openWallets = new Map<string, FakeWallet>();

  readonly chain = {
    tip: () => this.data.tip,
    bestHeader: () => this.data.tip,
    entry: (hash: BlockHash) => this.data.entries.get(hash),
    entryAt: (height: number) => this.data.active[height],
    leaves: () => this.data.leaves(),
    medianTimePast: () => 1_296_688_602,
    nextBits: () => 0x207fffff,
    blockBytes: (hash: BlockHash) => this.data.bodies.get(hash),
    undo: (hash: BlockHash) => this.data.undos.get(hash),
    coin: (outPoint: OutPoint) => this.data.coins.get(outPointKey(outPoint)),
    coinTotals: () => ({ count: 4, total: 15_000_000_001n }),
    coinSetInfo: async (type: CoinSetHashType) => ({
      height: this.data.tip.height,
      bestBlock: this.data.tip.hash,
      coins: 4,
      transactions: 3,
      total: 15_000_000_001n,
      bogoSize: 288,
      ...(type !== "none" && { hash: `${type}!` }),
    }),
    prunedHeight: () => this.prunedHeight,
    initialBlockDownload: () => false,
    sizeOnDiskBytes: () => 1234,
    submitBlock: async (block: Block) => {
      this.submitted.push(block);
      return this.submitVerdict;
    },
    submitHeader: () => this.headerVerdict,
  };

  readonly mining: MiningApi = {
    generate: async (request) => {
      this.generated.push(request);
      const hashes = [];
      for (let i = 0; i < request.blocks; i++) hashes.push(this.data.connect([coinbaseTx(`generated ${i}`)]).hash);
      return hashes;
    },
    generateBlock: async ({ txs, submit }) => {
      if (txs.length > 1) throw new RuleError("bad-txns-inputs-missingorspent");
      const block = blockOn(this.data.tip, [coinbaseTx("one"), ...txs]);
      if (submit) this.data.add(this.data.tip, block, "connected");
      return block;
    },
    template: () => {
      const txs = [...this.mempool.accepted.values()];
      const block = blockOn(this.data.tip, [coinbaseTx("template"), ...txs.map(({ tx }) => tx)]);
      return { block, height: this.data.tip.height + 1, fees: txs.map(({ fee }) => fee) };
    },
  };

  readonly peers: PeersApi = {
    peers: () => [
      {
        peer: "12D3KooWpeer",
        index: 7,
        address: "/ip4/127.0.0.1/tcp/4001",
        inbound: true,
        connectedAtMs: START_MS,
        score: 1,
        latencyMs: 12,
        userAgent: "/<script>/",
        startingHeight: 2,
        bestHeight: 3,
      },
    ],
    addresses: () => ["/ip4/127.0.0.1/tcp/18444"],
    added: () => this.peerCalls.filter((call) => call.startsWith("add ")).map((call) => call.slice(4)),
    add: (address) => void this.peerCalls.push(`add ${address}`),
    remove: (address) => void this.peerCalls.push(`remove ${address}`),
    tryOnce: (address) => void this.peerCalls.push(`onetry ${address}`),
    disconnect: (peer) => void this.peerCalls.push(`disconnect ${peer}`),
  };

  readonly wallets: WalletsApi = {
    names: () => [...this.openWallets.keys()],
    get: (name) => this.openWallets.get(name),
    create: async (name) => {
      if (this.openWallets.has(name)) throw new InputError(`there is a wallet ${name} already`);
      const wallet = new FakeWallet(name);
      this.openWallets.set(name, wallet);
      return wallet;
    },
  };

  readonly lab: LabApi = {
    status: () => ({
      name: "alpha",
      chainId: "regtest-1",
      peerId: "12D3KooWself",
      mining: { hashRate: 1.5, hashes: 10, targetHashRate: null },
      curve: "noble",
      grinder: "portable",
    }),
    setMining: (hashRate) => void this.labCalls.push({ hashRate }),
    setBlockedPeers: (peers) => void this.labCalls.push({ peers }),
    setLinks: (links) => void this.labCalls.push({ links }),
    mineBranch: async (request) => {
      this.labCalls.push(request);
      return { branch: "branch-1", blocks: [{ hash: this.data.tip.hash, height: 4, txids: [] }], chainWork: 255n };
    },
    extendBranch: async (request) => {
      this.labCalls.push(request);
      return { branch: request.branch, blocks: [], chainWork: 255n };
    },
    invalidate: async (entry) => void this.labCalls.push({ invalidate: entry.hash }),
    reconsider: async (entry) => void this.labCalls.push({ reconsider: entry.hash }),
    lockBlock: async (hash, height) => void this.labCalls.push({ lock: hash, height }),
    setRules: async (rules, checkedFrom) => void this.labCalls.push({ rules, checkedFrom }),
    setClock: (setting) => void this.labCalls.push({ setting }),
    setMiningPolicy: (policy) => void this.labCalls.push({ policy }),
    publishBranch: async (branch, blocks) => {
      if (branch !== "branch-1") throw new InputError("there is no such branch");
      return { published: blocks ?? 1 };
    },
  };

  warmup(): string | undefined {
    return this.warming;
  }

  stop(): void {
    this.stopped = true;
  }
}

function afterReal(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}

/** P2WSH-like script that no wallet knows. */
export const STRANGER_SCRIPT: Uint8Array = payToWitness(0, new Uint8Array(32).fill(9));
