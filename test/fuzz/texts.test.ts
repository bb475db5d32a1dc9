/** Random and mutated texts and files into everything that reads what a person or a program wrote. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { addressOf, scriptOfAddress } from "@forkyard/core/address";
import { toHex } from "@forkyard/core/bytes/bytes";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { DecodeError, InputError } from "@forkyard/core/errors";
import { NETWORK_NAMES, networkByName } from "@forkyard/core/params/networks";
import { payToPublicKeyHash, payToScriptHash, payToWitness } from "@forkyard/core/script/templates";
import { formatCoins, parseCoins } from "@forkyard/core/units";
import { readNodeConfig } from "@forkyard/node/config";
import { RpcError } from "@forkyard/rpc/errors";
import { parseJson, writeJson } from "@forkyard/rpc/json/json";
import { decodeKeyFileHeader, encodeKeyFileHeader } from "@forkyard/wallet/key-file/header";
import { KeyFile, type KeyFileAccess } from "@forkyard/wallet/key-file/key-file";
import { decodePayload, encodePayload } from "@forkyard/wallet/key-file/payload";
import { countingRandom } from "@forkyard/wallet/testing/counting-random";
import { SimulatedDisk } from "@forkyard/wallet/testing/simulated-disk";
import { fuzz } from "./support/fuzz.ts";

const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Even first bytes: as UTF-8, odd ones: each byte a character, so that all of U+0000 to U+00FF come up. */
const textOf = (input: Uint8Array): string =>
  new TextDecoder((input[0] ?? 0) % 2 === 0 ? "utf-8" : "latin1").decode(input);

const networks = NETWORK_NAMES.map(networkByName);
const hash = new Uint8Array(20).fill(7);
const addresses = [
  payToPublicKeyHash(hash),
  payToScriptHash(hash),
  payToWitness(0, hash),
  payToWitness(1, hash),
].flatMap((script) => networks.map((network) => addressOf(script, network.addresses) as string));

function takeAddress(input: Uint8Array): void {
  const text = textOf(input);
  for (const network of networks) {
    let script: Uint8Array;
    try {
      script = scriptOfAddress(text, network.addresses);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      assert.match(error.message, /^[\x20-\x7e…]*$/u, "nothing unescaped in the line that a person sees");
      continue;
    }
    const canonical = addressOf(script, network.addresses);
    assert.ok(canonical === text || canonical === text.toLowerCase(), `${text} reads as ${canonical}`);
  }
}

function takeCoins(input: Uint8Array): void {
  const satoshis = parseCoins(textOf(input));
  assert.equal(parseCoins(formatCoins(satoshis)), satoshis);
}

function takeJson(input: Uint8Array): void {
  const once = writeJson(parseJson(textOf(input)));
  assert.equal(writeJson(parseJson(once)), once, "what was written reads as what was read");
}

const folder = mkdtempSync(join(tmpdir(), "forkyard-fuzz-"));
after(() => rmSync(folder, { recursive: true }));
const configFile = join(folder, "node.yaml");

async function takeConfig(input: Uint8Array): Promise<void> {
  writeFileSync(configFile, input);
  const config = await readNodeConfig(configFile);
  assert.ok(NETWORK_NAMES.includes(config.network));
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).toSorted(), PROTOTYPE_NAMES);
}
const PROTOTYPE_NAMES = Object.getOwnPropertyNames(Object.prototype).toSorted();

const SECRET = "0123456789abcdef0123456789abcdef";
const PATH = "wallet.key";
const PAYLOAD = {
  chain: "regtest-0011223344556677",
  seed: new Uint8Array(32).fill(0xa5),
  nextKeys: { receive: 1, change: 2, legacy: 3 },
};
const accessTo = (files: SimulatedDisk): KeyFileAccess => ({
  files,
  path: PATH,
  secret: SECRET,
  random: countingRandom(),
});

async function validKeyFile(): Promise<Uint8Array> {
  const disk = new SimulatedDisk();
  await KeyFile.create(accessTo(disk), "random", PAYLOAD);
  return (await disk.read(PATH, 65_536)) as Uint8Array;
}
const keyFile = await validKeyFile();

function takeKeyFileHeader(input: Uint8Array): void {
  const reader = new ByteReader(input);
  const header = decodeKeyFileHeader(reader);
  assert.equal(toHex(encodeKeyFileHeader(header)), toHex(input.subarray(0, reader.offset)));
}

/** Whatever was changed, the file opens only as it was written: nothing of it is unauthenticated. */
async function takeKeyFile(input: Uint8Array): Promise<void> {
  const disk = new SimulatedDisk();
  await disk.writeNew(PATH, input);
  const { payload } = await KeyFile.open(accessTo(disk));
  assert.equal(toHex(input), toHex(keyFile));
  assert.deepEqual(payload, PAYLOAD);
}

/** Authenticated before it is decoded, so not held to the very bytes; what is read must be what is written again. */
function takePayload(input: Uint8Array): void {
  const payload = decodePayload(input);
  assert.deepEqual(decodePayload(encodePayload(payload)), payload);
}

fuzz(import.meta.filename, [
  { name: "address", valid: addresses.map(textBytes), take: takeAddress, allowed: [InputError] },
  {
    name: "amount",
    valid: ["0", "1.5", "21000000", "0.00000001"].map(textBytes),
    take: takeCoins,
    allowed: [InputError],
  },
  {
    name: "json",
    valid: [
      '{"jsonrpc":"2.0","id":1,"method":"getblock","params":["00ff",2]}',
      '[{"a":[1.50,-0,1e5,12345678901234567890]},null,true,"\\u0000\\ud800"]',
      '{"toString":{"constructor":{}},"x":"\\"\\\\"}',
    ].map(textBytes),
    take: takeJson,
    allowed: [RpcError],
    runs: 5_000,
  },
  {
    name: "node configuration",
    valid: [
      "network: regtest\ndataDir: /tmp/x\nname: alpha\nwallets: [{name: alice}]\n",
      '{"network":"devnet","dataDir":"d","p2p":{"port":1,"staticPeers":["/ip4/127.0.0.1/tcp/1"]},"mining":{"hashRate":5}}',
    ].map(textBytes),
    take: takeConfig,
    allowed: [InputError],
    runs: 500,
  },
  { name: "key file header", valid: [keyFile], take: takeKeyFileHeader, allowed: [DecodeError] },
  { name: "key file", valid: [keyFile], take: takeKeyFile, allowed: [InputError], runs: 60 },
  {
    name: "key file payload",
    valid: [encodePayload(PAYLOAD)],
    take: takePayload,
    allowed: [DecodeError],
  },
]);
