import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { scriptOfAddress } from "@forkyard/core/address";
import { toHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { COIN } from "@forkyard/core/units";
import { HDKey } from "@scure/bip32";
import fc from "fast-check";
import { SEED_BYTES } from "./keys/key-chain.ts";
import { derivationPath, KEY_BRANCHES } from "./keys/key-path.ts";
import { encodeWif } from "./keys/wif.ts";
import { KEY_RESERVE_STEP } from "./limits.ts";
import { countingRandom } from "./testing/counting-random.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";
import { coinbaseTx, foreignOutPoint, plainTx, regtest, TestChain } from "./testing/test-chain.ts";
import { WalletService, type WalletServiceOptions } from "./wallet-service.ts";

const SECRET = "fedcba9876543210fedcba9876543210";
const FOREIGN = scriptOfAddress("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", regtest.addresses);

const optionsFor = (files: SimulatedDisk): WalletServiceOptions => ({
  files,
  path: "wallet.key",
  secret: SECRET,
  random: countingRandom(),
  params: regtest,
  clock: { nowMs: () => 1_800_000_000_000 },
});

const create = (disk: SimulatedDisk): Promise<WalletService> => WalletService.create(optionsFor(disk), "random");
const open = (disk: SimulatedDisk): Promise<WalletService> => WalletService.open(optionsFor(disk));

describe("wallet service", () => {
  test("after a clean close the next address follows the last, without a gap", async () => {
    const disk = new SimulatedDisk();
    const first = await create(disk);
    const shown = [await first.newAddress(), await first.newAddress(), await first.newAddress("legacy")];
    await first.close();
    await assert.rejects(first.newAddress(), /closed/);
    const second = await open(disk);
    assert.deepEqual(second.wallet.nextKeys(), { receive: 2, change: 0, legacy: 1 });
    for (const address of shown) assert.ok(second.wallet.ownKey(scriptOfAddress(address, regtest.addresses)));
    assert.ok(!shown.includes(await second.newAddress()));
  });

  test("no address comes twice, wherever the power goes off", async () => {
    const script = fc.record({
      kinds: fc.array(fc.constantFrom("bech32" as const, "legacy" as const), { minLength: 1, maxLength: 25 }),
      cutAfterSteps: fc.nat(30),
      pick: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(script, async ({ kinds, cutAfterSteps, pick }) => {
        const disk = new SimulatedDisk();
        const service = await create(disk);
        disk.cutAtStep = disk.steps + cutAfterSteps;
        // Asked for while earlier ones still wait for the disk: none may slip through.
        const asked: Promise<string>[] = [];
        for (const kind of kinds) {
          asked.push(service.newAddress(kind));
          await Promise.race([asked.at(-1), Promise.resolve()]).catch(() => undefined);
        }
        const answers = await Promise.allSettled(asked);
        const refused = answers.filter((answer) => answer.status === "rejected");
        for (const { reason } of refused) assert.ok(reason instanceof InputError);
        const shown = new Set(answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : [])));
        const survivors = [...disk.afterCrash()];
        const reopened = await open(survivors[pick % survivors.length] as SimulatedDisk);
        for (const kind of ["bech32", "legacy"] as const) {
          assert.ok(!shown.has(await reopened.newAddress(kind)), "an address came twice");
        }
        for (const address of shown) {
          assert.ok(reopened.wallet.ownKey(scriptOfAddress(address, regtest.addresses)), "an address was forgotten");
        }
      }),
      { numRuns: 25 },
    );
  });

  test("many callers at once get different addresses", async () => {
    const disk = new SimulatedDisk();
    const service = await create(disk);
    const many = KEY_RESERVE_STEP * 3 + 1;
    const addresses = await Promise.all(Array.from({ length: many }, () => service.newAddress()));
    assert.equal(new Set(addresses).size, many);
    assert.ok(disk.written.length <= 1 + 4);
  });

  test("a disk that refuses keeps the address back, and the next try goes on", async () => {
    const disk = new SimulatedDisk();
    const service = await create(disk);
    disk.failAtStep = disk.steps + 1;
    await assert.rejects(service.newAddress(), /ENOSPC/);
    const address = await service.newAddress();
    assert.deepEqual(service.wallet.ownKey(scriptOfAddress(address, regtest.addresses))?.path.index, 0);
  });

  test("a key file restored from before goes on behind the keys that the chain has seen", async () => {
    const disk = new SimulatedDisk();
    const service = await create(disk);
    const addresses = [];
    for (let i = 0; i < KEY_RESERVE_STEP + 3; i++) addresses.push(await service.newAddress());
    const old = new SimulatedDisk();
    await old.writeNew("wallet.key", disk.written[0] as Uint8Array);
    const restored = await open(old);
    const scriptPubKey = scriptOfAddress(addresses.at(-1) as string, regtest.addresses);
    const tx = plainTx([foreignOutPoint(1)], [{ value: COIN, scriptPubKey }]);
    restored.wallet.mempoolAdded(tx, 0);
    assert.equal(restored.wallet.balance().unconfirmed, COIN);
    assert.ok(!addresses.includes(await restored.newAddress()));
  });

  test("a wallet of another network is refused", async () => {
    const disk = new SimulatedDisk();
    await create(disk);
    const options = { ...optionsFor(disk), params: networkByName("mainnet") };
    await assert.rejects(WalletService.open(options), /belongs to "regtest-/);
  });

  test("nothing secret is ever written or shown", async () => {
    const disk = new SimulatedDisk();
    const service = await create(disk);
    const scriptPubKey = scriptOfAddress(await service.newAddress(), regtest.addresses);
    const chain = new TestChain();
    const payment = plainTx([foreignOutPoint(1)], [{ value: COIN, scriptPubKey }]);
    service.wallet.blockConnected(chain.connect([coinbaseTx(1, []), payment]), 1);
    const { tx } = await service.pay({ to: FOREIGN, amount: COIN / 2n });
    await service.replaceToSelf(tx);
    await service.close();
    assert.ok(disk.written.length >= 3);
    const shown = new TextEncoder().encode(inspect(service, { depth: 30, showHidden: true }));
    for (const secret of secretsOf(countingRandom().bytes(SEED_BYTES))) {
      for (const bytes of [...disk.written, shown]) assert.equal(Buffer.from(bytes).indexOf(secret), -1);
    }
  });
});

function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

/** The seed, the passphrase and the keys used, in every form they could be written in. */
function secretsOf(seed: Uint8Array): Uint8Array[] {
  const master = HDKey.fromMasterSeed(seed);
  const keys = KEY_BRANCHES.flatMap((branch) => {
    const row = master.derive(derivationPath(branch, 1));
    return [row, row.deriveChild(0), row.deriveChild(1)];
  });
  const privateKeys = [master, ...keys].map((node) => node.privateKey as Uint8Array);
  const wifs = privateKeys.map((privateKey) => text(encodeWif({ privateKey, compressed: true }, regtest.addresses)));
  const raw = [seed, ...privateKeys];
  const extended = [master, ...keys].map((node) => text(node.privateExtendedKey));
  return [text(SECRET), ...raw, ...raw.map((bytes) => text(toHex(bytes))), ...wifs, ...extended];
}
