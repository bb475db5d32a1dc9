import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { coinbaseFor } from "@forkyard/consensus/testing/build-block";
import { scriptOfAddress } from "@forkyard/core/address";
import { networkByName } from "@forkyard/core/params/networks";
import { openChainStore } from "@forkyard/storage/open-chain-store";
import { BrokenOffEngine } from "@forkyard/storage/testing/broken-off-engine";
import type { WalletService } from "@forkyard/wallet/wallet-service";
import { systemClock } from "../adapters/system-clock.ts";
import { systemRandom } from "../adapters/system-random.ts";
import { ChainWorld } from "../testing/chain-world.ts";
import { WalletHost } from "./wallet-host.ts";

const params = networkByName("regtest");
const IDENTITY = { networkName: params.name, genesisHash: params.genesis.hash };
const MATURITY = 100;

interface Place {
  readonly engine: BrokenOffEngine;
  readonly root: string;
}

interface Running {
  readonly world: ChainWorld;
  readonly wallet: WalletService;
  /** Tells the wallets what the chain did since the last time. */
  follow(): void;
}

/** A node's chain and wallet, opened as at a start; coins go to the disk only when a scan wants them. */
async function start({ engine, root }: Place): Promise<Running> {
  const options = { flushAfterBlocks: Number.POSITIVE_INFINITY };
  const store = await openChainStore(engine, IDENTITY, systemRandom, options);
  const world = await ChainWorld.open(store);
  const host = new WalletHost({
    params,
    store,
    clock: systemClock,
    random: systemRandom,
    folder: root,
    secretFile: join(root, "secret"),
    tipHeight: () => world.chain.tip.height,
  });
  await host.open(["alice"]);
  const wallet = host.get("alice");
  assert.ok(wallet !== undefined);
  const follow = (): void => {
    for (const news of world.news.splice(0)) if (news.kind === "changed") host.chainChanged(news.change);
  };
  return { world, wallet, follow };
}

function view({ wallet, world }: Running): object {
  const coins = wallet.wallet.coins().map(({ outPoint, output, height }) => ({ outPoint, output, height }));
  const byName = coins.toSorted((a, b) => (a.outPoint.txid < b.outPoint.txid ? -1 : 1));
  return { tip: world.chain.tip.hash, balance: wallet.wallet.balance(), coins: byName };
}

async function mineTo(running: Running, blocks: number): Promise<void> {
  const payTo = scriptOfAddress(await running.wallet.newAddress(), params.addresses);
  for (let i = 0; i < blocks; i++) {
    const height = running.world.chain.tip.height + 1;
    const value = subsidyAt(height, params);
    const coinbase = coinbaseFor(height, value, i, { outputs: [{ value, scriptPubKey: payTo }] });
    running.world.submit(running.world.build({ coinbase }));
  }
  running.follow();
}

test("a wallet that saw blocks whose coins were not stored yet is the same after a sudden end", async () => {
  const root = mkdtempSync(join(tmpdir(), "forkyard-wallets-"));
  try {
    writeFileSync(join(root, "secret"), "11".repeat(32));
    const place: Place = { engine: new BrokenOffEngine(), root };
    const first = await start(place);
    await mineTo(first, 3);
    first.world.grow(MATURITY);
    first.follow();
    const script = scriptOfAddress(await first.wallet.newAddress(), params.addresses);
    const { tx } = await first.wallet.pay({ to: script, amount: 1_000_000n, feeRate: 2 });
    first.world.submit(first.world.build({ txs: [tx] }));
    first.follow();
    // A reorganisation takes two blocks to the wallet back.
    const fork = first.world.chain.tip.hash;
    await mineTo(first, 2);
    first.world.grow(3, fork);
    first.follow();
    await mineTo(first, 1);
    await first.world.chain.durable();
    const seen = view(first);
    // The genesis block and the scan that filled the wallet are all that stored any.
    assert.ok(!place.engine.written.slice(2).some((letters) => letters.includes("t")), "coins were stored");

    const second = await start(place);
    assert.deepEqual(view(second), seen);
    await mineTo(second, 1);
    await second.world.chain.durable();
    const later = view(second);
    const third = await start(place);
    assert.deepEqual(view(third), later);
  } finally {
    rmSync(root, { recursive: true });
  }
});
