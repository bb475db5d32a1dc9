import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { decodeWif, encodeWif } from "./wif.ts";

type KeyCase = [text: string, payload: string, about: { chain: string; isPrivkey: boolean; isCompressed?: boolean }];
const NETWORKS: Readonly<Record<string, string>> = { main: "mainnet", regtest: "regtest", signet: "signet" };

describeVectors("private keys in WIF", (vectors) => {
  test("the published ones decode and encode", () => {
    const cases = vectors
      .json<KeyCase[]>("encoding/key_io_valid.json")
      .filter(([, , about]) => about.isPrivkey && NETWORKS[about.chain] !== undefined);
    assert.ok(cases.length >= 9);
    for (const [text, payload, { chain, isCompressed }] of cases) {
      const { addresses } = networkByName(NETWORKS[chain] as string);
      const key = decodeWif(text, addresses);
      assert.equal(toHex(key.privateKey), payload);
      assert.equal(key.compressed, isCompressed ?? false);
      assert.equal(encodeWif(key, addresses), text);
      const other = networkByName(chain === "main" ? "regtest" : "mainnet");
      assert.throws(() => decodeWif(text, other.addresses), InputError);
    }
  });

  test("nothing else decodes", () => {
    const texts = vectors.json<[string][]>("encoding/key_io_invalid.json").map(([text]) => text);
    for (const name of ["mainnet", "regtest"]) {
      for (const text of texts) assert.throws(() => decodeWif(text, networkByName(name).addresses), InputError);
    }
  });
});

test("an error never repeats what may be a secret", () => {
  const prefixes = networkByName("regtest").addresses;
  const wif = encodeWif({ privateKey: fromHex("11".repeat(32)), compressed: true }, prefixes);
  const slip = `${wif.slice(0, -1)}${wif.endsWith("1") ? "2" : "1"}`;
  assert.throws(
    () => decodeWif(slip, prefixes),
    (error: Error) => !error.message.includes(wif.slice(5, 20)),
  );
});
