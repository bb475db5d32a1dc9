import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeBlock } from "../block.ts";
import { toHex } from "../bytes/bytes.ts";
import { InputError } from "../errors.ts";
import { ZERO_HASH } from "../hash.ts";
import { describeVectors } from "../testing/vectors.ts";
import { COIN } from "../units.ts";
import type { NetworkParams } from "./network-params.ts";
import { chainId, NETWORK_NAMES, networkByName } from "./networks.ts";

const all: readonly NetworkParams[] = NETWORK_NAMES.map(networkByName);

/** BIP-independent reading of compact bits, exponent above 3 (as in every genesis block). */
const targetOf = (bits: number): bigint => BigInt(bits & 0x7fffff) << BigInt(8 * ((bits >>> 24) - 3));

/** First bytes of both kinds of base58 address and of private keys. */
function base58Bytes({ addresses }: NetworkParams): number[] {
  return [addresses.pubKeyHash, addresses.scriptHash, addresses.privateKey];
}

describe("networks", () => {
  test("are the six that the node knows, each under its name", () => {
    assert.deepEqual(NETWORK_NAMES, ["mainnet", "testnet", "testnet4", "signet", "regtest", "devnet"]);
    for (const params of all) assert.equal(networkByName(params.name), params);
    assert.deepEqual(
      all.map(({ chain }) => chain),
      ["main", "test", "testnet4", "signet", "regtest", "devnet"],
    );
  });

  test("an unknown name is refused with the known ones", () => {
    for (const name of ["", "Mainnet", "main", "toString", "__proto__"]) {
      assert.throws(
        () => networkByName(name),
        (error) => error instanceof InputError && error.message.includes("regtest"),
      );
    }
  });

  test("every genesis block meets its own target, which is the easiest allowed", () => {
    for (const { name, genesis, powLimit } of all) {
      const target = targetOf(genesis.header.bits);
      assert.ok(BigInt(`0x${genesis.hash}`) <= target, name);
      assert.ok(target <= powLimit, name);
      assert.ok(powLimit < 1n << 256n, name);
    }
  });

  test("every genesis block has no parent, one coinbase of 50 coins and its merkle root", () => {
    for (const { name, genesis } of all) {
      const [coinbase] = genesis.txs;
      assert.equal(genesis.header.prevHash, ZERO_HASH, name);
      assert.equal(genesis.txs.length, 1, name);
      assert.equal(coinbase?.isCoinbase, true, name);
      assert.equal(coinbase?.outputs[0]?.value, 50n * COIN, name);
      assert.equal(genesis.header.merkleRoot, coinbase?.txid, name);
    }
  });

  test("the devnet's own genesis block is the one that all devnets share", () => {
    const { genesis } = networkByName("devnet");
    assert.equal(genesis.header.bits, 0x1f00ffff);
    assert.equal(genesis.hash, "0000ec1bb5d593ce8377b979d851f6fd19ff7ce50d40bde53fa89b7cda4464c1");
    assert.ok(BigInt(`0x${genesis.hash}`) <= 0x1fffffn << 224n);
    const script = String.fromCharCode(...(genesis.txs[0]?.inputs[0]?.scriptSig ?? []));
    assert.match(script, /Forkyard devnet/);
  });

  test("no two share genesis, magic or chain id", () => {
    for (const key of [
      (params: NetworkParams) => params.genesis.hash,
      (params: NetworkParams) => params.magic,
      (params: NetworkParams) => chainId(params),
    ]) {
      assert.equal(new Set(all.map(key)).size, all.length);
    }
  });

  test("a chain id is the name and the end of the genesis hash, where no zeros are", () => {
    assert.equal(chainId(networkByName("mainnet")), "mainnet-72b3f1b60a8ce26f");
    const regtest = networkByName("regtest");
    const other = { ...regtest, genesis: networkByName("devnet").genesis };
    assert.notEqual(chainId(other), chainId(regtest), "two chains under one name are told apart");
  });

  test("addresses of coins with a price begin like no others", () => {
    const [mainnet, ...tests] = all.map(({ addresses }) => addresses);
    for (const prefixes of tests) {
      for (const field of ["bech32", "pubKeyHash", "scriptHash", "privateKey"] as const) {
        assert.notEqual(prefixes[field], mainnet?.[field]);
      }
    }
    assert.equal(networkByName("regtest").addresses.bech32, "bcrt");
  });

  test("addresses and keys of each network begin as everybody writes them", () => {
    assert.deepEqual(
      all.map(({ addresses }) => addresses.bech32),
      ["bc", "tb", "tb", "tb", "bcrt", "fyrd"],
    );
    assert.deepEqual(base58Bytes(networkByName("mainnet")), [0, 5, 128]);
    for (const params of all.slice(1)) assert.deepEqual(base58Bytes(params), [111, 196, 239], params.name);
  });

  test("networks without a past have all rules from the first block on", () => {
    for (const name of ["testnet4", "signet", "regtest", "devnet"]) {
      const { activation, scriptFlagExceptions, bip30Exceptions } = networkByName(name);
      assert.deepEqual(activation, { bip34: 1, bip65: 1, bip66: 1, csv: 1, segwit: 0, taproot: 0 }, name);
      assert.deepEqual([scriptFlagExceptions.size, bip30Exceptions.size], [0, 0], name);
    }
  });

  test("regtest is bitcoind's: never retargets, halves every 150 blocks", () => {
    const { retarget, subsidyHalvingBlocks, coinbaseMaturity, magic, genesis } = networkByName("regtest");
    assert.deepEqual([retarget, subsidyHalvingBlocks, coinbaseMaturity], [{ kind: "none" }, 150, 100]);
    assert.equal(magic, "fabfb5da");
    assert.equal(genesis.hash, "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206");
  });
});

interface GenesisVector {
  readonly hash: string;
  readonly merkle_root: string;
  readonly time: number;
  readonly bits: string;
  readonly nonce: number;
  readonly raw: string;
}

describeVectors("genesis blocks of the public networks", (vectors) => {
  const facts = vectors.json<Record<string, GenesisVector>>("chain/genesis-blocks.json");
  for (const [name, theirs] of [
    ["mainnet", "mainnet"],
    ["testnet", "testnet3"],
    ["testnet4", "testnet4"],
    ["signet", "signet"],
    ["regtest", "regtest"],
  ] as const) {
    test(name, () => {
      const { genesis } = networkByName(name);
      const expected = facts[theirs];
      assert.ok(expected !== undefined);
      assert.equal(toHex(encodeBlock(genesis)), expected.raw);
      assert.deepEqual(
        [genesis.hash, genesis.header.merkleRoot, genesis.header.time, genesis.header.nonce],
        [expected.hash, expected.merkle_root, expected.time, expected.nonce],
      );
      assert.equal(genesis.header.bits, Number.parseInt(expected.bits, 16));
    });
  }
});

interface NetworkFacts {
  readonly mainnet: {
    readonly magic: string;
    readonly default_port: number;
    readonly pow_limit: string;
    readonly target_spacing: number;
    readonly retarget_interval: number;
    readonly subsidy_halving_interval: number;
    readonly coinbase_maturity: number;
    readonly activation: Readonly<Record<string, { readonly first_enforced_height: number }>>;
    readonly script_flag_exceptions: readonly { readonly hash: string }[];
    readonly bip30: { readonly repeated_coinbase_allowed: readonly { readonly hash: string }[] };
  };
  readonly testnet3: {
    readonly magic: string;
    readonly default_port: number;
    readonly activation: Readonly<Record<string, number>>;
    readonly script_flag_exceptions: readonly { readonly hash: string }[];
  };
  readonly signet: { readonly magic: string; readonly default_port: number; readonly pow_limit: string };
  readonly regtest: { readonly magic: string; readonly default_port: number; readonly pow_limit: string };
}

describeVectors("parameters of the public networks", (vectors) => {
  const facts = vectors.json<NetworkFacts>("chain/network-facts.json");

  test("mainnet", () => {
    const params = networkByName("mainnet");
    const expected = facts.mainnet;
    const { bip34, bip65, bip66, csv, segwit, taproot } = params.activation;
    assert.deepEqual(
      [bip34, bip66, bip65, csv, segwit, taproot],
      Object.values(expected.activation).map(({ first_enforced_height: height }) => height),
    );
    assert.deepEqual(
      [params.magic, params.defaultPorts.p2p, params.powLimit, params.spacingSeconds],
      [expected.magic, expected.default_port, BigInt(`0x${expected.pow_limit}`), expected.target_spacing],
    );
    assert.deepEqual(params.retarget, { kind: "bitcoin", intervalBlocks: expected.retarget_interval });
    assert.deepEqual(
      [params.subsidyHalvingBlocks, params.coinbaseMaturity],
      [expected.subsidy_halving_interval, expected.coinbase_maturity],
    );
    assert.deepEqual(
      [...params.scriptFlagExceptions.keys()],
      expected.script_flag_exceptions.map(({ hash }) => hash),
    );
    assert.deepEqual(
      [...params.bip30Exceptions],
      expected.bip30.repeated_coinbase_allowed.map(({ hash }) => hash),
    );
  });

  test("testnet", () => {
    const params = networkByName("testnet");
    const { activation } = facts.testnet3;
    const { bip34, bip65, bip66, csv, segwit } = params.activation;
    assert.deepEqual({ bip34, bip66, bip65, csv, segwit }, activation);
    assert.deepEqual([params.magic, params.defaultPorts.p2p], [facts.testnet3.magic, facts.testnet3.default_port]);
    assert.deepEqual(
      [...params.scriptFlagExceptions.keys()],
      facts.testnet3.script_flag_exceptions.map(({ hash }) => hash),
    );
  });

  test("signet and regtest", () => {
    for (const name of ["signet", "regtest"] as const) {
      const params = networkByName(name);
      const { magic, default_port: port, pow_limit: limit } = facts[name];
      assert.deepEqual([params.magic, params.defaultPorts.p2p, params.powLimit], [magic, port, BigInt(`0x${limit}`)]);
    }
  });
});
