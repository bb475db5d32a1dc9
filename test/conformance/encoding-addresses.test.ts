import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, scriptOfAddress } from "@forkyard/core/address";
import { toHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { NETWORK_NAMES, networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";

type KeyIoRow = readonly [
  text: string,
  payload: string,
  facts: { readonly chain: string; readonly isPrivkey: boolean; readonly tryCaseFlip?: boolean },
];

const networks: readonly NetworkParams[] = NETWORK_NAMES.map(networkByName);
/** The vectors' chain names. */
const NETWORK_OF: Readonly<Record<string, string>> = {
  main: "mainnet",
  testnet4: "testnet4",
  signet: "signet",
  regtest: "regtest",
};

function decodes(text: string, { addresses }: NetworkParams): Uint8Array | undefined {
  try {
    return scriptOfAddress(text, addresses);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return undefined;
  }
}

const flipCase = (text: string): string =>
  text.replaceAll(/[a-zA-Z]/g, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );

/** True when both networks give the text's form the same meaning: the test networks share their base58 prefixes. */
const alike = (a: NetworkParams, b: NetworkParams, text: string): boolean => {
  const bech32 = text.toLowerCase().startsWith(`${a.addresses.bech32}1`);
  if (bech32) return a.addresses.bech32 === b.addresses.bech32;
  return a.addresses.pubKeyHash === b.addresses.pubKeyHash && a.addresses.scriptHash === b.addresses.scriptHash;
};

describeVectors("encoding: addresses of Bitcoin Core's key_io vectors", (vectors) => {
  const rows = vectors.json<KeyIoRow[]>("encoding/key_io_valid.json");

  test("every address decodes to its script on its chain and on no other, and is the script's address", () => {
    let decoded = 0;
    for (const [text, payload, { chain, isPrivkey }] of rows) {
      const own = networkByName(NETWORK_OF[chain] as string);
      for (const network of networks) {
        const script = decodes(text, network);
        if (isPrivkey || !alike(own, network, text)) {
          assert.equal(script, undefined, `${text} on ${network.name}`);
          continue;
        }
        assert.equal(toHex(script ?? new Uint8Array(0)), payload, `${text} on ${network.name}`);
        assert.equal(addressOf(script as Uint8Array, network.addresses), text);
        decoded += 1;
      }
    }
    assert.ok(decoded >= 50, `${decoded} decoded`);
  });

  test("the other case is an address only where it may be", () => {
    for (const [text, payload, { chain, isPrivkey, tryCaseFlip }] of rows) {
      if (isPrivkey) continue;
      const script = decodes(flipCase(text), networkByName(NETWORK_OF[chain] as string));
      assert.equal(script && toHex(script), tryCaseFlip === true ? payload : undefined, flipCase(text));
    }
  });

  test("texts that are neither address nor key are none on any chain", () => {
    const invalid = vectors.json<readonly [string][]>("encoding/key_io_invalid.json");
    assert.equal(invalid.length, 70);
    for (const [text] of invalid) {
      for (const network of networks) assert.equal(decodes(text, network), undefined, `${text} on ${network.name}`);
    }
  });
});

/** The script that a text stands for on some network, in hexadecimal. */
function anywhere(text: string): string | undefined {
  const script = networks.map((network) => decodes(text, network)).find((found) => found !== undefined);
  return script && toHex(script);
}

interface Bech32Vectors {
  readonly valid_bech32: readonly string[];
  readonly valid_bech32m: readonly string[];
  readonly invalid_bech32: readonly { readonly string: string }[];
  readonly invalid_bech32m: readonly { readonly string: string }[];
  readonly valid_segwit_addresses_bip350: readonly { readonly address: string; readonly script_pubkey: string }[];
  readonly invalid_segwit_addresses_bip350: readonly { readonly address: string; readonly reason: string }[];
  readonly superseded_valid_segwit_addresses_bip173: readonly {
    readonly address: string;
    readonly script_pubkey: string;
  }[];
  readonly invalid_segwit_addresses_bip173: readonly { readonly address: string; readonly reason: string }[];
}

describeVectors("encoding: bech32 and bech32m (BIP173, BIP350)", (vectors) => {
  const lists = vectors.json<Bech32Vectors>("encoding/bech32.json");
  test("valid segwit addresses decode, in either case, and encode to the same text in lower case", () => {
    for (const { address, script_pubkey: expected } of lists.valid_segwit_addresses_bip350) {
      const network = networkByName(address.toLowerCase().startsWith("bc") ? "mainnet" : "testnet");
      const script = decodes(address, network);
      assert.equal(script && toHex(script), expected, address);
      assert.equal(addressOf(script as Uint8Array, network.addresses), address.toLowerCase());
    }
  });

  test("invalid segwit addresses decode nowhere", () => {
    for (const { address, reason } of [
      ...lists.invalid_segwit_addresses_bip350,
      ...lists.invalid_segwit_addresses_bip173,
    ]) {
      assert.equal(anywhere(address), undefined, `${address}: ${reason}`);
    }
  });

  test("of the addresses of BIP173 only version 0 is still valid", () => {
    for (const { address, script_pubkey: script } of lists.superseded_valid_segwit_addresses_bip173) {
      assert.equal(anywhere(address), script.startsWith("00") ? script : undefined, address);
    }
  });

  test("strings that are bech32 without being an address, or no bech32 at all, are no addresses", () => {
    const strings = [
      ...lists.valid_bech32,
      ...lists.valid_bech32m,
      ...[...lists.invalid_bech32, ...lists.invalid_bech32m].map(({ string }) => string),
    ];
    assert.equal(strings.length, 40);
    for (const text of strings) assert.equal(anywhere(text), undefined, JSON.stringify(text));
  });
});
