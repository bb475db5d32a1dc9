import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import { buildBlock, inputOf, payment } from "@forkyard/consensus/testing/build-block";
import { keySpends } from "@forkyard/consensus/testing/key-spends";
import { encodeBlock } from "@forkyard/core/block";
import { toHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import { COIN } from "@forkyard/core/units";
import { startEngines } from "../process/engines.ts";
import { placeBlock } from "./place-block.ts";
import { readBlockFile, readSpentFile } from "./read-files.ts";
import type { Verdict } from "./verdict.ts";
import { verifyBlock } from "./verify-block.ts";
import { verifyTransaction } from "./verify-transaction.ts";

const curve = startEngines();
const regtest = networkByName("regtest");

function codeOf(verdict: Verdict): string {
  return verdict.accepted ? "accepted" : verdict.code;
}

describe("verify a transaction", () => {
  const [spend] = keySpends(1);
  assert.ok(spend !== undefined);
  const { outPoint, coin } = spend.coin;
  const prevout = {
    txid: outPoint.txid,
    vout: outPoint.vout,
    value: Number(coin.output.value),
    scriptPubKey: toHex(coin.output.scriptPubKey),
  };
  const question = { tx: toHex(spend.tx.encode()), prevouts: [prevout], flags: "MANDATORY" };
  const ask = (change: Readonly<Record<string, unknown>>): string =>
    codeOf(verifyTransaction({ ...question, ...change }, curve));

  test("a sound one is accepted, under any set of rules that goes together", () => {
    assert.deepEqual(verifyTransaction(question, curve), { accepted: true, txid: spend.tx.txid });
    for (const flags of ["STANDARD", "NONE", "", "P2SH,WITNESS", ["P2SH", "WITNESS"]])
      assert.equal(ask({ flags }), "accepted");
    assert.equal(ask({ prevouts: [{ ...prevout, value: String(prevout.value) }] }), "accepted");
  });

  test("what its inputs spend is looked up by outpoint, and its amount is signed", () => {
    const other = { ...prevout, vout: prevout.vout + 1, value: 1 };
    assert.equal(ask({ prevouts: [other, prevout] }), "accepted");
    assert.equal(ask({ prevouts: [other] }), "bad-txns-inputs-missingorspent");
    const refused = verifyTransaction({ ...question, prevouts: [{ ...prevout, value: 5 }] }, curve);
    assert.deepEqual(refused, {
      accepted: false,
      code: "EVAL_FALSE",
      message:
        "block-script-verify-flag-failed (Script evaluated without error but finished with a false/empty top stack element)",
      script: "EVAL_FALSE",
      input: 0,
    });
  });

  test("rules of the transaction itself come first, bytes that are none before them", () => {
    const empty = payment([inputOf(outPoint.txid, 0)], []);
    assert.equal(ask({ tx: toHex(empty.encode()) }), "bad-txns-vout-empty");
    assert.equal(ask({ tx: question.tx.slice(0, -2) }), "decode-failed");
    assert.equal(ask({ tx: `${question.tx}00` }), "decode-failed");
  });

  test("a question that makes no sense is refused, never thrown", () => {
    for (const change of [
      { tx: 5 },
      { tx: "0" },
      { tx: "xy" },
      { prevouts: {} },
      { prevouts: [5] },
      { prevouts: [{ ...prevout, txid: "ab" }] },
      { prevouts: [{ ...prevout, vout: -1 }] },
      { prevouts: [{ ...prevout, value: 0.5 }] },
      { prevouts: [{ ...prevout, value: "9223372036854775808" }] },
      { prevouts: [{ ...prevout, scriptPubKey: 1 }] },
      { flags: 1 },
      { flags: "WITNES" },
      { flags: "WITNESS" },
      { flags: "P2SH,CLEANSTACK" },
    ]) {
      assert.equal(ask(change), "invalid-request", JSON.stringify(change));
    }
    assert.equal(codeOf(verifyTransaction(null, curve)), "invalid-request");
    assert.equal(codeOf(verifyTransaction([], curve)), "invalid-request");
  });
});

describe("verify a block", () => {
  const parent = genesisEntry(regtest);
  const source = "11".repeat(32) as Txid;
  const spending = payment([inputOf(source, 0)], [COIN]);
  const block = buildBlock(parent, regtest, { txs: [spending], coinbaseValue: 51n * COIN });
  const spent = { tx: 1, input: 0, value: Number(2n * COIN), script: "51" };
  const question = { network: "regtest", height: 1, block: toHex(encodeBlock(block)), spent: [spent] };
  const ask = (change: Readonly<Record<string, unknown>>): string =>
    codeOf(verifyBlock({ ...question, ...change }, curve));

  test("is connected with the coins given, scripts and all", () => {
    assert.deepEqual(verifyBlock(question, curve), {
      accepted: true,
      hash: block.hash,
      transactions: 2,
      weight: 4 * encodeBlock(block).length,
      checked: "everything",
      fees: Number(COIN),
      inputs: 1,
    });
    assert.equal(ask({ spent: [{ txid: source, vout: 0, value: spent.value, script: "51" }] }), "accepted");
    assert.equal(ask({ block: encodeBlock(block) }), "accepted");
  });

  test("each rule answers with its code", () => {
    assert.equal(ask({ spent: [] }), "bad-txns-inputs-missingorspent");
    assert.equal(ask({ spent: [{ ...spent, same_block: true }] }), "bad-txns-inputs-missingorspent");
    assert.equal(ask({ spent: [{ ...spent, value: 1 }] }), "bad-txns-in-belowout");
    assert.equal(ask({ spent: [{ ...spent, value: Number(COIN) }] }), "bad-cb-amount");
    assert.equal(ask({ spent: [{ ...spent, coinbase: true, height: 0 }] }), "bad-txns-premature-spend-of-coinbase");
    assert.equal(ask({ height: 2 }), "bad-cb-height");
    assert.equal(ask({ network: "mainnet" }), "high-hash");
    assert.equal(ask({ block: question.block.slice(0, -2) }), "decode-failed");
    const failed = verifyBlock({ ...question, spent: [{ ...spent, script: "00" }] }, curve);
    assert.equal(codeOf(failed), "block-script-verify-flag-failed");
    assert.equal(!failed.accepted && failed.script, "EVAL_FALSE");
  });

  test("an old version is refused from the height on that demands a newer one", () => {
    const old = buildBlock(parent, regtest, { header: { version: 3 } });
    assert.equal(ask({ block: encodeBlock(old), spent: [] }), "bad-version");
  });

  test("without coins only its structure is looked at", () => {
    const verdict = verifyBlock({ ...question, spent: undefined }, curve);
    assert.equal(verdict.accepted && verdict["checked"], "structure");
  });

  test("a lock by time counts from the median times that are given", () => {
    const locked = payment([inputOf(source, 0, { sequence: 0x00400001 })], [COIN]);
    const high = buildBlock({ ...parent, height: 199 }, regtest, { txs: [locked], coinbaseValue: 0n });
    const at = { height: 200, block: encodeBlock(high), medianTime: 10_000 };
    // The lock is of 512 seconds: so far must the parent's median time lie above the coin's.
    const withCoin = (time: number): string => ask({ ...at, spent: [{ ...spent, height: 100, mtp_before: time }] });
    assert.equal(withCoin(10_000 - 512), "accepted");
    assert.equal(withCoin(10_000 - 511), "bad-txns-nonfinal");
    const deep = placeBlock(block, 200, { parent: 1000, byHeight: new Map([[99, 400]]) });
    assert.equal(deep.ancestry.ancestor(deep.parent, 99).header.time, 400);
    assert.equal(deep.ancestry.ancestor(deep.parent, 98).header.time, 0);
    assert.equal(deep.ancestry.ancestor(deep.parent, 198).header.time, 1000);
  });

  test("a question that makes no sense is refused, never thrown", () => {
    for (const change of [
      { network: "nowhere" },
      { network: undefined },
      { height: -1 },
      { height: "1" },
      { block: 1 },
      { spent: 1 },
      { spent: [{}] },
      { spent: [{ ...spent, script: "x" }] },
      { medianTime: "soon" },
    ]) {
      assert.equal(ask(change), "invalid-request", JSON.stringify(change));
    }
  });

  test("files are plain or gzip, blocks also hexadecimal", () => {
    const folder = mkdtempSync(join(tmpdir(), "forkyard-verify-"));
    try {
      const bytes = encodeBlock(block);
      for (const [name, content] of [
        ["raw", bytes],
        ["gz", gzipSync(bytes)],
        ["hex", `${toHex(bytes)}\n`],
      ] as const) {
        writeFileSync(join(folder, name), content);
        assert.deepEqual(Uint8Array.from(readBlockFile(join(folder, name))), bytes, name);
      }
      writeFileSync(join(folder, "spent"), gzipSync(`${JSON.stringify(spent)}\n\n`));
      assert.deepEqual(readSpentFile(join(folder, "spent")), [spent]);
      assert.throws(() => readSpentFile(join(folder, "hex")), InputError);
      assert.throws(() => readBlockFile(join(folder, "missing")), InputError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
