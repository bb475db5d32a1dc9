import { fromHex } from "../bytes/bytes.ts";
import { InputError } from "../errors.ts";
import { quoted } from "../printable.ts";
import { payToPublicKey } from "../script/templates.ts";
import { buildGenesis, SATOSHI_GENESIS } from "./genesis.ts";
import type { ActivationHeights, AddressPrefixes, NetworkParams } from "./network-params.ts";

const POW_LIMIT_32 = (1n << 224n) - 1n;
const BITCOIN_SPACING_SECONDS = 600;
const BITCOIN_RETARGET_BLOCKS = 2016;
const TESTNET_MIN_DIFFICULTY_SECONDS = 1200;
const COINBASE_MATURITY = 100;

const TEST_PREFIXES: AddressPrefixes = { bech32: "tb", pubKeyHash: 111, scriptHash: 196, privateKey: 239 };
const FROM_START: ActivationHeights = { bip34: 1, bip65: 1, bip66: 1, csv: 1, segwit: 0, taproot: 0 };
const NO_EXCEPTIONS = { scriptFlagExceptions: new Map(), bip30Exceptions: new Set<string>() } as const;

const mainnet: NetworkParams = {
  name: "mainnet",
  chain: "main",
  magic: "f9beb4d9",
  genesis: buildGenesis({ ...SATOSHI_GENESIS, time: 1231006505, bits: 0x1d00ffff, nonce: 2083236893 }),
  powLimit: POW_LIMIT_32,
  spacingSeconds: BITCOIN_SPACING_SECONDS,
  retarget: { kind: "bitcoin", intervalBlocks: BITCOIN_RETARGET_BLOCKS },
  subsidyHalvingBlocks: 210_000,
  coinbaseMaturity: COINBASE_MATURITY,
  activation: { bip34: 227931, bip65: 388381, bip66: 363725, csv: 419328, segwit: 481824, taproot: 709632 },
  bip34Hash: "000000000000024b89b42a942fe0d9fea3bb44ab7bd1b19115dd6a759c0808b8",
  scriptFlagExceptions: new Map([
    ["00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22", []],
    ["0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad", ["P2SH", "WITNESS"]],
  ]),
  bip30Exceptions: new Set([
    "00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec",
    "00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721",
  ]),
  addresses: { bech32: "bc", pubKeyHash: 0, scriptHash: 5, privateKey: 128 },
  defaultPorts: { p2p: 8333, rpc: 8332 },
};

const testnet: NetworkParams = {
  name: "testnet",
  chain: "test",
  magic: "0b110907",
  genesis: buildGenesis({ ...SATOSHI_GENESIS, time: 1296688602, bits: 0x1d00ffff, nonce: 414098458 }),
  powLimit: POW_LIMIT_32,
  spacingSeconds: BITCOIN_SPACING_SECONDS,
  retarget: {
    kind: "bitcoin",
    intervalBlocks: BITCOIN_RETARGET_BLOCKS,
    minDifficultyAfterSeconds: TESTNET_MIN_DIFFICULTY_SECONDS,
  },
  subsidyHalvingBlocks: 210_000,
  coinbaseMaturity: COINBASE_MATURITY,
  activation: { bip34: 21111, bip65: 581885, bip66: 330776, csv: 770112, segwit: 834624, taproot: 0 },
  bip34Hash: "0000000023b3a96d3484e5abb3755c413e7d41500f8e2a5c3f0dd01299cd8ef8",
  scriptFlagExceptions: new Map([["00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105", []]]),
  bip30Exceptions: new Set(),
  addresses: TEST_PREFIXES,
  defaultPorts: { p2p: 18333, rpc: 18332 },
};

/** BIP94: testnet3's rules without its block storms. */
const testnet4: NetworkParams = {
  name: "testnet4",
  chain: "testnet4",
  magic: "1c163f28",
  genesis: buildGenesis({
    message: "03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e",
    outputScript: payToPublicKey(new Uint8Array(33)),
    version: 1,
    time: 1714777860,
    bits: 0x1d00ffff,
    nonce: 393743547,
  }),
  powLimit: POW_LIMIT_32,
  spacingSeconds: BITCOIN_SPACING_SECONDS,
  retarget: {
    kind: "bitcoin",
    intervalBlocks: BITCOIN_RETARGET_BLOCKS,
    minDifficultyAfterSeconds: TESTNET_MIN_DIFFICULTY_SECONDS,
    bip94: true,
  },
  subsidyHalvingBlocks: 210_000,
  coinbaseMaturity: COINBASE_MATURITY,
  activation: FROM_START,
  ...NO_EXCEPTIONS,
  addresses: TEST_PREFIXES,
  defaultPorts: { p2p: 48333, rpc: 48332 },
};

/** The default signet: two keys, one of which signs each block. */
const SIGNET_CHALLENGE =
  "512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430210359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae";

const signet: NetworkParams = {
  name: "signet",
  chain: "signet",
  magic: "0a03cf40",
  signetChallenge: fromHex(SIGNET_CHALLENGE),
  genesis: buildGenesis({ ...SATOSHI_GENESIS, time: 1598918400, bits: 0x1e0377ae, nonce: 52613770 }),
  powLimit: 0x377aen << 216n,
  spacingSeconds: BITCOIN_SPACING_SECONDS,
  retarget: { kind: "bitcoin", intervalBlocks: BITCOIN_RETARGET_BLOCKS },
  subsidyHalvingBlocks: 210_000,
  coinbaseMaturity: COINBASE_MATURITY,
  activation: FROM_START,
  ...NO_EXCEPTIONS,
  addresses: TEST_PREFIXES,
  defaultPorts: { p2p: 38333, rpc: 38332 },
};

/** bitcoind's regtest, bit for bit. */
const regtest: NetworkParams = {
  name: "regtest",
  chain: "regtest",
  magic: "fabfb5da",
  genesis: buildGenesis({ ...SATOSHI_GENESIS, time: 1296688602, bits: 0x207fffff, nonce: 2 }),
  powLimit: (1n << 255n) - 1n,
  spacingSeconds: BITCOIN_SPACING_SECONDS,
  retarget: { kind: "none" },
  subsidyHalvingBlocks: 150,
  coinbaseMaturity: COINBASE_MATURITY,
  activation: FROM_START,
  ...NO_EXCEPTIONS,
  addresses: { bech32: "bcrt", pubKeyHash: 111, scriptHash: 196, privateKey: 239 },
  defaultPorts: { p2p: 18444, rpc: 18443 },
};

/** A block every five seconds for the whole net, retargeted every block, so that hash power matters. */
const devnet: NetworkParams = {
  name: "devnet",
  chain: "devnet",
  magic: "f04b7a4d",
  genesis: buildGenesis({
    message: "Forkyard devnet: take a block back and see who notices",
    outputScript: payToPublicKey(fromHex("02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5")),
    version: 1,
    time: 1767225600,
    bits: 0x1f00ffff,
    nonce: 5290,
  }),
  powLimit: 0x1fffffn << 224n,
  spacingSeconds: 5,
  retarget: { kind: "asert", halfLifeSeconds: 60, maxGapSeconds: 30 },
  subsidyHalvingBlocks: 210_000,
  coinbaseMaturity: COINBASE_MATURITY,
  activation: FROM_START,
  ...NO_EXCEPTIONS,
  addresses: { bech32: "fyrd", pubKeyHash: 111, scriptHash: 196, privateKey: 239 },
  defaultPorts: { p2p: 18444, rpc: 18443 },
};

const NETWORKS: ReadonlyMap<string, NetworkParams> = new Map(
  [mainnet, testnet, testnet4, signet, regtest, devnet].map((params) => [params.name, params]),
);

export const NETWORK_NAMES: readonly string[] = [...NETWORKS.keys()];

/** Parameters of a built-in network. @throws InputError for an unknown name, listing the known ones. */
export function networkByName(name: string): NetworkParams {
  const params = NETWORKS.get(name);
  if (params === undefined) {
    throw new InputError(`there is no network ${quoted(name)}: it is one of ${NETWORK_NAMES.join(", ")}`);
  }
  return params;
}

/** Names a chain apart from all others on the wire: network name and the first bytes of the genesis hash. */
export function chainId(params: NetworkParams): string {
  return `${params.name}-${params.genesis.hash.slice(-CHAIN_ID_HASH_DIGITS)}`;
}

/** The first bytes in hashing order are random, the leading display digits are zeros: take the display tail. */
const CHAIN_ID_HASH_DIGITS = 16;
