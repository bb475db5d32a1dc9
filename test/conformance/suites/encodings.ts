import assert from "node:assert/strict";
import { addressOf, scriptOfAddress } from "@forkyard/core/address";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { NETWORK_NAMES, networkByName } from "@forkyard/core/params/networks";
import { decodeWif, encodeWif } from "@forkyard/wallet/keys/wif";
import { base58, bech32, bech32m } from "@scure/base";
import { HDKey } from "@scure/bip32";
import type { Case, Suite, VectorFile } from "../support/suite.ts";

/** Encodings of keys and addresses: ours where there is one, else the libraries' that the wallet builds on. */
export const base58Strings: Suite = { files: /^encoding\/base58_encode_decode\.json$/, cases: base58Cases };
export const validKeys: Suite = { files: /^encoding\/key_io_valid\.json$/, cases: validKeyCases };
export const invalidKeys: Suite = { files: /^encoding\/key_io_invalid\.json$/, cases: invalidKeyCases };
export const bech32Strings: Suite = { files: /^encoding\/bech32\.json$/, cases: bech32Cases };
export const extendedKeys: Suite = { files: /^encoding\/bip32\.json$/, cases: extendedKeyCases };

const networks: readonly NetworkParams[] = NETWORK_NAMES.map(networkByName);
const MAX_BECH32_CHARACTERS = 90;

function* base58Cases(file: VectorFile): Iterable<Case> {
  for (const [hex, text] of file.json<readonly (readonly [hex: string, text: string])[]>()) {
    yield {
      name: text.slice(0, MAX_BECH32_CHARACTERS),
      check: () => {
        assert.equal(base58.encode(fromHex(hex)), text);
        assert.equal(toHex(base58.decode(text)), hex.toLowerCase());
      },
    };
  }
}

interface KeyFacts {
  readonly chain: string;
  readonly isPrivkey: boolean;
  readonly isCompressed?: boolean;
  readonly tryCaseFlip?: boolean;
}

function* validKeyCases(file: VectorFile): Iterable<Case> {
  for (const [text, payload, facts] of file.json<
    readonly (readonly [text: string, payload: string, facts: KeyFacts])[]
  >()) {
    yield {
      name: `${facts.chain} ${text}`,
      check: () => {
        const own = networks.find(({ chain }) => chain === facts.chain);
        assert.ok(own !== undefined, `the chain ${facts.chain} is not known`);
        if (facts.isPrivkey) checkPrivateKey(text, payload, facts, own);
        else checkAddress(text, payload, facts, own);
        for (const { addresses } of networks) {
          const prefix = facts.isPrivkey ? "privateKey" : "pubKeyHash";
          if (addresses[prefix] === own.addresses[prefix] && addresses.bech32 === own.addresses.bech32) continue;
          const isShared = facts.isPrivkey || !text.toLowerCase().startsWith(`${own.addresses.bech32}1`);
          if (isShared && addresses[prefix] === own.addresses[prefix]) continue;
          const decode = (): unknown =>
            facts.isPrivkey ? decodeWif(text, addresses) : scriptOfAddress(text, addresses);
          assert.throws(decode, InputError);
        }
      },
    };
  }
}

function checkPrivateKey(text: string, payload: string, facts: KeyFacts, { addresses }: NetworkParams): void {
  const key = decodeWif(text, addresses);
  assert.deepEqual([toHex(key.privateKey), key.compressed], [payload, facts.isCompressed === true]);
  assert.equal(encodeWif(key, addresses), text);
}

function checkAddress(text: string, payload: string, facts: KeyFacts, { addresses }: NetworkParams): void {
  assert.equal(toHex(scriptOfAddress(text, addresses)), payload);
  assert.equal(addressOf(fromHex(payload), addresses), facts.tryCaseFlip === true ? text.toLowerCase() : text);
  if (facts.tryCaseFlip !== true) return;
  const flipped = text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
  assert.equal(toHex(scriptOfAddress(flipped, addresses)), payload);
}

function* invalidKeyCases(file: VectorFile): Iterable<Case> {
  for (const [text] of file.json<readonly (readonly [text: string])[]>()) {
    yield {
      name: text.slice(0, MAX_BECH32_CHARACTERS),
      check: () => {
        for (const { addresses } of networks) {
          assert.throws(() => scriptOfAddress(text, addresses), InputError);
          assert.throws(() => decodeWif(text, addresses), InputError);
        }
      },
    };
  }
}

interface Bech32Vectors {
  readonly valid_bech32?: readonly string[];
  readonly invalid_bech32?: readonly { readonly string: string; readonly reason: string }[];
  readonly valid_bech32m?: readonly string[];
  readonly invalid_bech32m?: readonly { readonly string: string; readonly reason: string }[];
  readonly [addresses: string]: unknown;
}

interface SegwitVector {
  readonly address: string;
  readonly script_pubkey?: string;
  readonly reason?: string;
}

function* bech32Cases(file: VectorFile): Iterable<Case> {
  const vectors = file.json<Bech32Vectors>();
  for (const [name, coder] of [
    ["bech32", bech32],
    ["bech32m", bech32m],
  ] as const) {
    const isValid = (text: string): boolean => coder.decodeUnsafe(text, MAX_BECH32_CHARACTERS) !== undefined;
    for (const text of vectors[`valid_${name}`] ?? []) yield { name: text, check: () => assert.ok(isValid(text)) };
    for (const { string: text, reason } of vectors[`invalid_${name}`] ?? []) {
      yield { name: `${name}: ${reason}`, check: () => assert.equal(isValid(text), false) };
    }
  }
  for (const [list, content] of Object.entries(vectors)) {
    if (!list.includes("segwit_addresses")) continue;
    for (const vector of content as readonly SegwitVector[]) {
      yield { name: `${vector.address} ${vector.reason ?? ""}`, check: () => checkSegwitAddress(vector) };
    }
  }
}

/** Valid under BIP350: what BIP173 allowed for versions from 1 up is an error today. */
function checkSegwitAddress({ address, script_pubkey: script }: SegwitVector): void {
  const network = networks.find(({ addresses }) => address.toLowerCase().startsWith(`${addresses.bech32}1`));
  const isVersion0 = script?.startsWith("00") === true;
  const isBech32m = bech32m.decodeUnsafe(address, MAX_BECH32_CHARACTERS) !== undefined;
  if (script !== undefined && (isVersion0 || isBech32m)) {
    assert.ok(network !== undefined, "the prefix is not known");
    assert.equal(toHex(scriptOfAddress(address, network.addresses)), script);
    return;
  }
  for (const { addresses } of networks) assert.throws(() => scriptOfAddress(address, addresses), InputError);
}

interface ExtendedKeyVectors {
  readonly derivation?: readonly {
    readonly vector: number;
    readonly seed: string;
    readonly chains: readonly { readonly path: string; readonly xpub: string; readonly xprv: string }[];
  }[];
  readonly invalid_extended_keys?: readonly { readonly key: string; readonly reason: string }[];
}

function* extendedKeyCases(file: VectorFile): Iterable<Case> {
  const { derivation = [], invalid_extended_keys: invalid = [] } = file.json<ExtendedKeyVectors>();
  for (const { vector, seed, chains } of derivation) {
    for (const { path, xpub, xprv } of chains) {
      yield {
        name: `${vector} ${path}`,
        check: () => {
          const key = HDKey.fromMasterSeed(fromHex(seed)).derive(path.replaceAll("H", "'"));
          assert.deepEqual([key.publicExtendedKey, key.privateExtendedKey], [xpub, xprv]);
          assert.equal(HDKey.fromExtendedKey(xpub).publicExtendedKey, xpub);
        },
      };
    }
  }
  for (const { key, reason } of invalid) {
    yield { name: reason, check: () => assert.throws(() => HDKey.fromExtendedKey(key)) };
  }
}
