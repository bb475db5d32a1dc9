import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WorldEvent } from "../../event.ts";
import { never, type Watched, watched } from "../testing/watched-world.ts";

const WALLETS = [
  { name: "thief", node: "a", coins: 1_000_000_000n },
  { name: "shop", node: "b", coins: 0n },
];
const QUIET = { a: 0, b: 0, c: 0 };

function tipOf({ world }: Watched, node: string): string {
  let hash = "";
  world.report(node, ({ tip }) => {
    hash = tip.hash;
  });
  return hash;
}

function confirmedOf({ world }: Watched, wallet: string): bigint {
  let satoshis = -1n;
  world.balance(wallet, ({ confirmed }) => {
    satoshis = confirmed;
  });
  return satoshis;
}

async function pass(w: Watched, ms = 2_000): Promise<void> {
  await w.world.runUntil(never, w.world.nowMs() + ms);
}

const ofType = <T extends WorldEvent["type"]>(w: Watched, type: T, node?: string): Extract<WorldEvent, { type: T }>[] =>
  w.events.filter(
    (event): event is Extract<WorldEvent, { type: T }> =>
      event.type === type && (node === undefined || event.node === node),
  );

describe("commands of mining", () => {
  test("a secret branch with a double spend takes a confirmed payment back", async () => {
    const w = await watched({ nodes: QUIET, wallets: WALLETS });
    const paid = w.order({ kind: "pay", payment: "p", from: "thief", to: "shop", amount: 400_000_000n });
    w.order({ kind: "withhold", node: "a", branch: "secret", fork: "tip" });
    const back = w.order({ kind: "double-spend", payment: "q", of: "p", into: { branch: "secret" } });
    await pass(w);
    const [open] = w.order({ kind: "mine", node: "b", blocks: 1 }).blocks ?? [];
    const secret = w.order({ kind: "mine", node: "a", blocks: 2, branch: "secret" }).blocks ?? [];
    await pass(w);
    assert.equal(tipOf(w, "a"), open?.hash, "the secret branch is not even known to its own node's chain");
    assert.equal(confirmedOf(w, "shop"), 400_000_000n + 0n);
    w.order({ kind: "publish", node: "a", branch: "secret" });
    await pass(w);
    for (const node of ["a", "b", "c"]) assert.equal(tipOf(w, node), secret.at(-1)?.hash);
    assert.equal(confirmedOf(w, "shop"), 0n);
    const mined = ofType(w, "mined").filter(({ branch }) => branch === "secret");
    assert.deepEqual(
      mined.map(({ txids }) => txids),
      [[back.txid], []],
    );
    const [reorg] = ofType(w, "reorg", "c");
    assert.deepEqual([reorg?.depth, reorg?.removed, reorg?.added], [1, [open?.hash], secret.map(({ hash }) => hash)]);
    const fates = ofType(w, "transaction", "b").filter((event) => event.txid === paid.txid);
    assert.deepEqual(
      fates.map(({ status }) => status),
      ["mempool"],
      "taken back by a branch that spends its coins, it never waits again",
    );
  });

  test("hash power goes to the branch, and back to the tip when it is abandoned", async () => {
    const w = await watched({ nodes: { a: 1, b: 0 } });
    w.order({ kind: "withhold", node: "a", branch: "s", fork: "tip" });
    await pass(w, 100_000);
    assert.ok(ofType(w, "mined").length > 0);
    assert.ok(ofType(w, "mined").every(({ branch }) => branch === "s"));
    assert.equal(ofType(w, "block").length, 0);
    w.order({ kind: "abandon", node: "a", branch: "s" });
    assert.match(w.refused({ kind: "publish", node: "a", branch: "s" }), /keeps no branch s/);
    await pass(w, 100_000);
    assert.ok(ofType(w, "block", "b").length > 0);
  });

  test("a share of 0 finds nothing any more, and one that comes later finds", async () => {
    const w = await watched({ nodes: { a: 1, b: 0 } });
    w.order({ kind: "hash-power", node: "a", share: 0 });
    await pass(w, 100_000);
    assert.equal(ofType(w, "mined").length, 0);
    w.order({ kind: "hash-power", node: "b", share: 2 });
    await pass(w, 100_000);
    const mined = ofType(w, "mined");
    assert.ok(mined.length > 8 && mined.every(({ node }) => node === "b"), `${mined.length} blocks in 20 intervals`);
  });

  test("what a censor leaves out waits for somebody else", async () => {
    const w = await watched({ nodes: QUIET, wallets: WALLETS });
    const { txid } = w.order({ kind: "pay", payment: "p", from: "thief", to: "shop", amount: 5_000_000n });
    await pass(w);
    assert.ok(txid !== undefined);
    w.order({ kind: "mining-policy", node: "b", censor: [txid] });
    w.order({ kind: "mine", node: "b", blocks: 2 });
    assert.ok(ofType(w, "mined").every(({ txids }) => txids.length === 0));
    await pass(w);
    w.order({ kind: "mine", node: "c", blocks: 1 });
    assert.deepEqual(ofType(w, "mined").at(-1)?.txids, [txid]);
  });

  test("a feather fork does not build on the censored block until it is too far behind", async () => {
    const w = await watched({ nodes: QUIET, wallets: WALLETS });
    const { txid } = w.order({ kind: "pay", payment: "p", from: "thief", to: "shop", amount: 5_000_000n });
    await pass(w);
    w.order({ kind: "mining-policy", node: "b", censor: [txid ?? assert.fail()], featherBlocks: 2 });
    const before = tipOf(w, "b");
    w.order({ kind: "mine", node: "c", blocks: 1 });
    await pass(w);
    w.order({ kind: "hash-power", node: "b", share: 10 });
    await pass(w, 30_000);
    assert.equal(ofType(w, "mined", "b")[0]?.parent, before);
    const other = await watched({ nodes: QUIET, wallets: WALLETS });
    other.order({ kind: "mining-policy", node: "b", censor: [txid ?? assert.fail()], featherBlocks: 2 });
    other.order({ kind: "pay", payment: "p", from: "thief", to: "shop", amount: 5_000_000n });
    await pass(other);
    const ahead = other.order({ kind: "mine", node: "c", blocks: 2 }).blocks ?? [];
    await pass(other);
    other.order({ kind: "hash-power", node: "b", share: 10 });
    await pass(other, 30_000);
    assert.equal(ofType(other, "mined", "b")[0]?.parent, ahead.at(-1)?.hash, "two behind: given up");
  });

  test("version, text and times of blocks can be asked for", async () => {
    const w = await watched({ nodes: QUIET });
    const wish = { kind: "mine", node: "a", blocks: 2, version: 4, tag: "MARK", timeStepSeconds: 30 } as const;
    w.order(wish);
    const [first, second] = ofType(w, "mined");
    assert.equal((second?.timeSeconds ?? 0) - (first?.timeSeconds ?? 0), 30);
    const chain = w.world.hosts.get("a")?.node?.chain ?? assert.fail();
    assert.equal(chain.tip.header.version, 4);
    const text = new TextDecoder().decode(chain.block(chain.tip.hash)?.txs[0]?.inputs[0]?.scriptSig);
    assert.match(text, /\/Forkyard:a\/MARK/);
  });
});

describe("commands of payments", () => {
  test("a held payment is announced later, elsewhere; its double spend replaces it", async () => {
    const w = await watched({ nodes: QUIET, wallets: WALLETS });
    const held = w.order({ kind: "pay", payment: "p", from: "thief", to: "shop", amount: 7_000_000n, into: "hold" });
    await pass(w);
    assert.equal(ofType(w, "transaction").length, 0);
    w.order({ kind: "announce", payment: "p", at: "c" });
    await pass(w);
    assert.deepEqual(
      ofType(w, "transaction").map(({ node, txid, status }) => [node, txid === held.txid, status]),
      [
        ["c", true, "mempool"],
        ["a", true, "mempool"],
        ["b", true, "mempool"],
      ],
    );
    w.order({ kind: "double-spend", payment: "q", of: "p", into: { mempoolOf: "b" } });
    await pass(w);
    assert.equal(ofType(w, "transaction").filter(({ status }) => status === "replaced").length, 3);
  });

  test("what cannot be paid is refused with the wallet's own words", async () => {
    const w = await watched({ nodes: QUIET, wallets: WALLETS });
    assert.match(
      w.refused({ kind: "pay", payment: "p", from: "shop", to: "thief", amount: 1_000_000n }),
      /^Insufficient funds: 0\.01000000 and about /,
    );
    assert.match(w.refused({ kind: "announce", payment: "nothing", at: "a" }), /no payment nothing/);
    assert.match(w.refused({ kind: "pay", payment: "p", from: "nobody", to: "shop", amount: 1n }), /no wallet nobody/);
  });
});

describe("commands of the network", () => {
  test("a partition lets both sides grow, and healing leaves the longer one", async () => {
    const w = await watched({ nodes: QUIET });
    w.order({ kind: "partition", groups: [["a"], ["b", "c"]] });
    w.order({ kind: "mine", node: "a", blocks: 2 });
    const longer = w.order({ kind: "mine", node: "b", blocks: 3 }).blocks ?? [];
    await pass(w);
    assert.notEqual(tipOf(w, "a"), tipOf(w, "c"));
    assert.equal(tipOf(w, "c"), longer.at(-1)?.hash);
    w.order({ kind: "heal" });
    await pass(w, 10_000);
    assert.equal(tipOf(w, "a"), longer.at(-1)?.hash);
    assert.deepEqual(
      ofType(w, "reorg").map(({ node, depth }) => [node, depth]),
      [["a", 2]],
    );
  });

  test("a link that is down carries nothing, one that is slow carries late", async () => {
    const w = await watched({ nodes: { a: 0, b: 0 } });
    w.order({ kind: "link", between: ["a", "b"], up: false });
    w.order({ kind: "mine", node: "a", blocks: 1 });
    await pass(w);
    assert.equal(ofType(w, "block", "b").length, 0);
    w.order({ kind: "link", between: ["b", "a"], up: true, latencyMs: 1_500, jitterMs: 0 });
    await pass(w, 10_000);
    assert.equal(tipOf(w, "b"), tipOf(w, "a"));
    const before = w.world.nowMs();
    w.order({ kind: "mine", node: "a", blocks: 1 });
    await pass(w);
    assert.equal(ofType(w, "block", "b").at(-1)?.atMs, before + 1_500);
    assert.match(w.refused({ kind: "link", between: ["a", "nobody"] }), /not linked/);
  });
});

describe("commands of life and judgement", () => {
  test("a node that was stopped, crashed or wiped catches up", async () => {
    const w = await watched({ nodes: QUIET });
    w.order({ kind: "stop", node: "b" });
    w.order({ kind: "crash", node: "c", disk: "wipe" });
    w.order({ kind: "mine", node: "a", blocks: 4 });
    await pass(w);
    assert.match(w.refused({ kind: "mine", node: "b", blocks: 1 }), /does not run/);
    w.order({ kind: "start", node: "b" });
    w.order({ kind: "start", node: "c" });
    assert.match(w.refused({ kind: "start", node: "c" }), /runs already/);
    await pass(w, 20_000);
    for (const node of ["b", "c"]) assert.equal(tipOf(w, node), tipOf(w, "a"));
    assert.equal(ofType(w, "block", "c").length, 10 + 4, "the whole chain anew");
  });

  test("an operator's verdict is one node's alone", async () => {
    const w = await watched({ nodes: QUIET });
    const [, bad] = w.order({ kind: "mine", node: "a", blocks: 2 }).blocks ?? [];
    await pass(w);
    const hash = bad?.hash ?? assert.fail();
    w.order({ kind: "invalidate", node: "c", hash });
    assert.notEqual(tipOf(w, "c"), tipOf(w, "a"));
    w.order({ kind: "reconsider", node: "c", hash });
    assert.equal(tipOf(w, "c"), hash);
  });

  const HEEDS_LOCKS = { nodes: QUIET, node: { defences: [{ kind: "checkpoints" }] } } as const;

  test("a locked block is not taken back, and another one in its place is left", async () => {
    const w = await watched(HEEDS_LOCKS);
    w.order({ kind: "partition", groups: [["a"], ["b", "c"]] });
    const [mine] = w.order({ kind: "mine", node: "a", blocks: 1 }).blocks ?? [];
    w.order({ kind: "mine", node: "b", blocks: 3 });
    w.order({ kind: "lock", node: "a", block: mine ?? assert.fail() });
    w.order({ kind: "heal" });
    await pass(w, 10_000);
    assert.equal(tipOf(w, "a"), mine?.hash);
    assert.ok(ofType(w, "refused", "a").some(({ code }) => code === "checkpoints"));
  });

  test("a chain with another block in the place of a locked one is left", async () => {
    const w = await watched(HEEDS_LOCKS);
    w.order({ kind: "withhold", node: "a", branch: "s", fork: "tip" });
    w.order({ kind: "mine", node: "b", blocks: 1 });
    const [rival] = w.order({ kind: "mine", node: "a", blocks: 1, branch: "s" }).blocks ?? [];
    await pass(w);
    w.order({ kind: "publish", node: "a", branch: "s" });
    await pass(w);
    assert.equal(ofType(w, "side", "c").length, 1);
    w.order({ kind: "lock", node: "c", block: rival ?? assert.fail() });
    assert.equal(tipOf(w, "c"), rival?.hash);
  });

  test("a lock means nothing to a node without checkpoints or chainlocks", async () => {
    const w = await watched({ nodes: QUIET });
    w.order({ kind: "partition", groups: [["a"], ["b", "c"]] });
    const [mine] = w.order({ kind: "mine", node: "a", blocks: 1 }).blocks ?? [];
    w.order({ kind: "mine", node: "b", blocks: 3 });
    w.order({ kind: "lock", node: "a", block: mine ?? assert.fail() });
    w.order({ kind: "heal" });
    await pass(w, 10_000);
    assert.equal(tipOf(w, "a"), tipOf(w, "b"));
  });

  test("two wallets of one node have both their coins", async () => {
    const wallet = { node: "a", coins: 1_000_000_000n };
    const w = await watched({
      nodes: QUIET,
      wallets: [
        { ...wallet, name: "one" },
        { ...wallet, name: "two" },
      ],
    });
    for (const from of ["one", "two"]) {
      const paid = w.order({ kind: "pay", payment: from, from, to: "one", amount: 500_000_000n });
      assert.ok(paid.txid !== undefined);
    }
  });

  test("stricter rules split the chain, and looser ones join it again", async () => {
    const w = await watched({ nodes: QUIET });
    w.order({ kind: "rules", node: "b", rules: "coinbase-tag:MARK" });
    w.order({ kind: "mine", node: "a", blocks: 2, tag: "MARK" });
    await pass(w, 10_000);
    assert.notEqual(tipOf(w, "b"), tipOf(w, "a"));
    assert.deepEqual(
      ofType(w, "refused", "b").map(({ code }) => code),
      ["coinbase-tag:MARK", "bad-prevblk"],
    );
    w.order({ kind: "rules", node: "b", rules: "none" });
    await pass(w, 30_000);
    assert.equal(tipOf(w, "b"), tipOf(w, "a"));
    w.order({ kind: "rules", node: "c", rules: "coinbase-tag:MARK" });
    assert.equal(w.world.hosts.get("c")?.node?.chain.tip.height, 10, "what breaks them is given up");
    assert.match(w.refused({ kind: "rules", node: "c", rules: "anything" }), /version-below-N/);
  });

  test("a clock that is ahead dates blocks that others refuse for now", async () => {
    const w = await watched({ nodes: QUIET });
    w.order({ kind: "clock", node: "a", offsetSeconds: 3 * 3_600 });
    w.order({ kind: "mine", node: "a", blocks: 1 });
    await pass(w);
    assert.ok(ofType(w, "refused", "b").some(({ code }) => code === "time-too-new"));
    assert.equal(ofType(w, "block", "b").length, 0);
  });
});
