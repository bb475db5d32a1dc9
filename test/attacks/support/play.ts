import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { rejectReason } from "@forkyard/consensus/rules/codes";
import { blockFromBytes } from "@forkyard/core/block";
import { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { outPointKey } from "@forkyard/core/tx";
import type { Verdict } from "@forkyard/network/transport/transport";
import { chainApi } from "@forkyard/node/api/chain-api";
import { attempt } from "@forkyard/node/chain/block-verdict";
import { FakePeer } from "./fake-peer.ts";
import { assertCoins } from "./naive-ledger.ts";
import { SimNetwork } from "./sim-network.ts";
import { SimNode } from "./sim-node.ts";
import { type Step, Story } from "./story.ts";
import { VirtualTime } from "./virtual-time.ts";

const curve = selectCurve();
/** The ways in which a block can come to a node. */
const WAYS = ["gossip", "sync", "submitblock", "side branch"] as const;
type Way = (typeof WAYS)[number];

export interface StoryOptions {
  readonly params?: Partial<NetworkParams>;
  readonly ways?: readonly Way[];
  /** The node's clock, seconds since 1970; by default far ahead of all blocks. */
  readonly nowSeconds?: number;
}

const LATE_SECONDS = 2_000_000_000;
/** Virtual time that one block may take to arrive. */
const ARRIVAL_LIMIT_MS = 60_000;
const QUIET_MS = 1_000;
/** Rules that the peer that sent the block may not have been able to see. */
const INNOCENT: ReadonlySet<string> = new Set(["time-too-new", "bad-prevblk", "duplicate-invalid"]);

/**
 * Declares the tests of a story: it is told once and played to a new node in each way in which blocks arrive, and the
 * node is then stopped and started again; what it thinks of every block must be the same everywhere.
 */
export function story(title: string, tell: (story: Story) => void, options: StoryOptions = {}): void {
  describe(title, () => {
    let told: Story | undefined;
    for (const way of options.ways ?? WAYS) {
      test(way, async () => {
        if (told === undefined) {
          told = new Story(options.params);
          tell(told);
        }
        const playing = await Playing.start(told, options.nowSeconds ?? LATE_SECONDS);
        await playing.play(way);
      });
    }
  });
}

/** One node that a story is played to. */
class Playing {
  readonly story: Story;
  readonly network: SimNetwork;
  node: SimNode;
  #peers = 0;

  private constructor(told: Story, network: SimNetwork, node: SimNode) {
    this.story = told;
    this.network = network;
    this.node = node;
  }

  static async start(told: Story, nowSeconds: number): Promise<Playing> {
    const network = new SimNetwork(new VirtualTime(nowSeconds * 1000));
    const node = await SimNode.start({ id: "node", params: told.params, network });
    return new Playing(told, network, node);
  }

  async play(way: Way): Promise<void> {
    const { steps } = this.story;
    if (way === "side branch") await this.#playOnSideBranch(steps);
    else for (const step of steps) await this.#deliver(step, way);
    await this.#assertEnd();
    this.node = await this.node.restart();
    await this.#assertEnd();
    await this.node.stop();
  }

  async #deliver(step: Step, way: Way): Promise<void> {
    if (way === "submitblock") await this.#submit(step);
    else if (way === "sync" && this.#worthFetching(step)) this.#sync(step);
    else this.#gossip(step);
    this.#assertVerdict(step);
    assert.equal(this.node.chain.tip.hash, step.tip, `${step.name}: the tip`);
  }

  /** Sync only fetches what has more work than the tip. */
  #worthFetching({ block }: Step): boolean {
    return this.story.forge.entry(block.hash).chainWork > this.node.chain.tip.chainWork;
  }

  #gossip(step: Step): void {
    const peer = this.#newPeer();
    const workBefore = this.node.chain.tip.chainWork;
    peer.transport.publish("blocks", step.bytes);
    this.network.time.run(3 * this.network.latencyMs);
    const work = this.story.forge.entry(step.block.hash).chainWork;
    assert.equal(
      peer.lastVerdictAt(this.node.transport),
      gossipVerdict(step, work >= workBefore),
      `${step.name}: the verdict on its gossip`,
    );
    this.#dismiss(peer);
  }

  #sync(step: Step): void {
    const { hash } = step.block;
    const peer = this.#newPeer(false);
    peer.bodies.set(hash, step.bytes);
    peer.serve(hash);
    const refusalsBefore = this.node.refusals.length;
    this.network.connect(peer.transport.self, this.node.transport.self);
    const decided = (): boolean =>
      this.node.chain.tip.hash === hash ||
      this.node.refusals.length > refusalsBefore ||
      peer.pointsAt(this.node.transport) > 0;
    assert.ok(this.network.time.run(ARRIVAL_LIMIT_MS, decided), `${step.name}: sync never came to a decision`);
    const guilty = gossipVerdict(step, true) === "reject";
    assert.equal(peer.pointsAt(this.node.transport) > 0, guilty, `${step.name}: points for who served it`);
    this.#dismiss(peer);
  }

  async #submit({ name, block, bytes, expected }: Step): Promise<void> {
    if (expected.kind === "undecodable") {
      assert.throws(() => blockFromBytes(bytes), { name: "DecodeError" });
      return;
    }
    const answer = await chainApi(this.node.node).submitBlock(blockFromBytes(bytes));
    const refusal = this.node.refusals.findLast(({ hash }) => hash === block.hash);
    const reason = refusal === undefined ? "no rule" : rejectReason(refusal.error);
    const wanted = expected.kind === "accepted" ? undefined : expected.kind === "side" ? "inconclusive" : reason;
    assert.equal(answer, wanted, `${name}: what submitblock says of ${block.hash}`);
  }

  /**
   * The steps before the case are as they are; then two other blocks take the place of the case's block, which thus
   * comes to a side branch, and its children make that branch the heaviest.
   */
  async #playOnSideBranch(steps: readonly Step[]): Promise<void> {
    const last = steps.at(-1) as Step;
    const parent = last.block.header.prevHash;
    const first = steps.findLastIndex((step) => step.block.hash !== last.block.hash) + 1;
    for (const step of steps.slice(0, first)) await this.#deliver(step, "submitblock");
    assert.equal(this.node.chain.tip.hash, parent, "the case of a story is about blocks on its tip");
    const decoy = this.#extend(parent, 2);
    for (const step of steps.slice(first)) {
      const peer = this.#newPeer();
      peer.transport.publish("blocks", step.bytes);
      this.network.time.run(3 * this.network.latencyMs);
      this.#dismiss(peer);
      assert.equal(this.node.chain.tip.hash, decoy, `${step.name}: a side branch does not change the tip`);
    }
    let branch: BlockHash = last.block.hash;
    if (last.expected.kind !== "header") branch = this.#outgrow(branch, decoy);
    for (const step of steps.slice(first)) this.#assertVerdict(step, true);
    const wins = last.expected.kind === "accepted";
    assert.equal(this.node.chain.tip.hash, wins ? branch : decoy, "the tip is on the better of the valid branches");
    if (last.expected.kind === "rejected") {
      assert.ok(!isStored(this.node.status(branch)), "what was built on the refused block is not kept");
    }
  }

  /** Ordinary blocks on a block until it has more work than another. */
  #outgrow(branch: BlockHash, other: BlockHash): BlockHash {
    const { forge } = this.story;
    let tip = branch;
    while (forge.entry(tip).chainWork <= forge.entry(other).chainWork) tip = this.#extend(tip, 1);
    return tip;
  }

  /** Ordinary blocks on a block, as peers gossip them. */
  #extend(parent: BlockHash, count: number): BlockHash {
    let hash = parent;
    for (let i = 0; i < count; i++) {
      const block = this.story.forge.build(hash);
      try {
        this.node.node.submitOwnBlock(block);
      } catch (error) {
        assert.match(String(error), /bad-prevblk/);
      }
      hash = block.hash;
    }
    return hash;
  }

  #assertVerdict(step: Step, branched = false): void {
    const { block, expected, name } = step;
    const status = this.node.status(block.hash);
    const refused = this.node.refusals.filter(({ hash }) => hash === block.hash).map(({ error }) => error);
    const codes = refused.map(({ code }) => code);
    switch (expected.kind) {
      case "accepted":
        assert.equal(status, "connected", `${name} (refused for: ${codes.join(", ") || "nothing"})`);
        return;
      case "side":
        assert.equal(status, "body", `${name} (refused for: ${codes.join(", ") || "nothing"})`);
        return;
      case "undecodable":
        assert.notEqual(status, "invalid", `${name}: undecodable bytes say nothing about the hash`);
        return;
      case "header":
        assert.ok(codes.includes(expected.code), `${name}: ${expected.code}, not ${codes.join(", ")}`);
        assert.equal(status, "unknown", `${name}: nothing is kept`);
        return;
      case "mutated":
        assert.ok(codes.includes(expected.code), `${name}: ${expected.code}, not ${codes.join(", ") || status}`);
        // On a side branch all copies have come by now, and the last one decides.
        if (!branched) assert.ok(!isStored(status) && status !== "invalid", `${name}: a copy says nothing of the hash`);
        return;
      case "rejected": {
        const error = refused.find(({ code }) => code === expected.code);
        assert.ok(error !== undefined, `${name}: ${expected.code}, not ${codes.join(", ") || status}`);
        for (const [key, value] of Object.entries(expected.data))
          assert.equal(error.data[key], value, `${name}: ${key}`);
        assert.equal(status, "invalid", `${name}: the hash is remembered`);
      }
    }
  }

  /** Coins, and that no refused block is looked at again, in whatever way it comes. */
  async #assertEnd(): Promise<void> {
    await assertCoins(this.node, this.story.forge);
    const coins = await this.node.coins();
    for (const { outPoint, there } of this.story.coinsAtEnd) {
      assert.equal(coins.has(outPointKey(outPoint)), there, `coin ${outPointKey(outPoint)}`);
    }
    const tip = this.node.chain.tip;
    for (const step of this.story.steps) await this.#assertRemembered(step);
    assert.equal(this.node.chain.tip, tip);
  }

  async #assertRemembered(step: Step): Promise<void> {
    const { kind } = step.expected;
    if (kind !== "rejected" && kind !== "header") return;
    const { hash } = step.block;
    const api = chainApi(this.node.node);
    // As bitcoind does: what a block is refused for by itself comes before its hash is looked for.
    const bySelf = attempt(() => void checkBlock(step.block, this.story.forge.params, curve)) instanceof RuleError;
    const again = kind === "rejected" && !bySelf ? "duplicate-invalid" : step.expected.code;
    assert.equal((await api.submitBlock(step.block))?.replace(/\(.*/, ""), again, `${step.name} once more`);
    const peer = this.#newPeer(false).serve(hash);
    peer.claims = { chainWork: 1n << 200n };
    this.network.connect(peer.transport.self, this.node.transport.self);
    let verdict: Verdict | undefined;
    this.node.node.gossip("blocks", peer.transport.self, step.bytes, (given) => {
      verdict = given;
    });
    this.network.time.run(QUIET_MS);
    assert.equal(peer.asked.get(hash), undefined, `${step.name} is not downloaded again`);
    const innocent = kind === "rejected" || INNOCENT.has(step.expected.code);
    assert.equal(verdict, innocent ? "ignore" : "reject", `${step.name} gossiped again`);
    this.#dismiss(peer);
  }

  #newPeer(linked = true): FakePeer {
    this.#peers += 1;
    const peer = FakePeer.at(this.network, `peer ${this.#peers}`, this.story.forge);
    if (linked) this.network.connect(peer.transport.self, this.node.transport.self);
    return peer;
  }

  #dismiss(peer: FakePeer): void {
    this.network.disconnect(peer.transport.self, this.node.transport.self);
  }
}

function isStored(status: string): boolean {
  return status === "body" || status === "connected";
}

/** What a node must tell its gossip layer about the block of this step. */
function gossipVerdict({ expected }: Step, worthForwarding: boolean): Verdict {
  switch (expected.kind) {
    case "accepted":
      return "accept";
    case "side":
      return worthForwarding ? "accept" : "ignore";
    case "undecodable":
      return "reject";
    default:
      return INNOCENT.has(expected.code) ? "ignore" : "reject";
  }
}
