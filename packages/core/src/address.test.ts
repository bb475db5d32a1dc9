import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { addressOf, scriptOfAddress } from "./address.ts";
import { fromHex, toHex } from "./bytes/bytes.ts";
import { InputError } from "./errors.ts";
import { networkByName } from "./params/networks.ts";
import { payToPublicKey, payToPublicKeyHash, payToScriptHash, payToWitness } from "./script/templates.ts";

const mainnet = networkByName("mainnet").addresses;
const devnet = networkByName("devnet").addresses;
const regtest = networkByName("regtest").addresses;
/** hash160 of the generator point's compressed key. */
const HASH = fromHex("751e76e8199196d454941c45d1b3a323f1433bd6");

const program = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const scripts = fc.oneof(
  program(20).map(payToPublicKeyHash),
  program(20).map(payToScriptHash),
  fc.oneof(program(20), program(32)).map((bytes) => payToWitness(0, bytes)),
  fc
    .tuple(fc.integer({ min: 1, max: 16 }), fc.uint8Array({ minLength: 2, maxLength: 40 }))
    .map((both) => payToWitness(...both)),
);

const refused = (text: string, prefixes = mainnet): void =>
  assert.throws(() => scriptOfAddress(text, prefixes), InputError, JSON.stringify(text));

describe("addresses", () => {
  test("of one key, in each form, on mainnet and on devnet", () => {
    assert.equal(addressOf(payToPublicKeyHash(HASH), mainnet), "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH");
    assert.equal(addressOf(payToScriptHash(HASH), mainnet), "3CNHUhP3uyB9EUtRLsmvFUmvGdjGdkTxJw");
    assert.equal(addressOf(payToWitness(0, HASH), mainnet), "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
    assert.match(addressOf(payToWitness(0, HASH), devnet) ?? "", /^fyrd1q/);
  });

  test("every script that has one reads back from it; in capitals too when it is bech32", () => {
    fc.assert(
      fc.property(scripts, fc.constantFrom(mainnet, regtest, devnet), (script, prefixes) => {
        const address = addressOf(script, prefixes);
        assert.ok(address !== undefined);
        assert.deepEqual(scriptOfAddress(address, prefixes), script);
        if (address.startsWith(prefixes.bech32)) {
          assert.deepEqual(scriptOfAddress(address.toUpperCase(), prefixes), script);
        } else refused(address.toUpperCase(), prefixes);
      }),
    );
  });

  test("scripts without one have none: keys, data, programs that cannot be spent", () => {
    for (const script of [payToPublicKey(new Uint8Array(33).fill(2)), fromHex("6a0101"), fromHex(""), fromHex("51")]) {
      assert.equal(addressOf(script, mainnet), undefined);
    }
    assert.equal(addressOf(payToWitness(0, new Uint8Array(21)), mainnet), undefined);
  });

  test("any one character changed is refused", () => {
    const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7lABC1";
    for (const address of ["1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"]) {
      for (let at = 0; at < address.length; at++) {
        const other = letters
          .split("")
          .find((letter) => letter !== address[at] && letter.toLowerCase() !== address[at]);
        refused(address.slice(0, at) + other + address.slice(at + 1));
        refused(address.slice(0, at) + address.slice(at + 1));
      }
      refused(`${address} `);
      refused(` ${address}`);
    }
  });

  test("a witness version must come in the encoding that belongs to it (BIP350)", () => {
    refused("bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx");
    refused("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh");
  });

  test("a line about a refused text names the network's prefix and shows nothing that a terminal would obey", () => {
    assert.throws(
      () => scriptOfAddress("\u001b[2J\u009b2J\u202e\u007f", mainnet),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /bc1/);
        assert.match(error.message, /^"\\u001b\[2J\\u009b2J\\u202e\\u007f" is not an address/);
        return true;
      },
    );
    const long = "1".repeat(100_000);
    assert.throws(
      () => scriptOfAddress(long, mainnet),
      (error) => (error as Error).message.length < 250,
    );
  });

  test("private keys are no addresses", () => {
    refused("KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn");
    assert.equal(toHex(HASH).length, 40);
  });
});
