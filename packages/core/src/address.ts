import { bech32, bech32m, createBase58check } from "@scure/base";
import { concatBytes } from "./bytes/bytes.ts";
import { InputError } from "./errors.ts";
import { sha256 } from "./hash.ts";
import type { AddressPrefixes } from "./params/network-params.ts";
import { classifyOutput, payToPublicKeyHash, payToScriptHash, payToWitness } from "./script/templates.ts";

/** BIP173: longest bech32 string. */
const MAX_BECH32_CHARACTERS = 90;
const HASH160_BYTES = 20;

const base58check = createBase58check(sha256);

/** The address that pays to an output script on a network; undefined for scripts that have none. */
export function addressOf(scriptPubKey: Uint8Array, prefixes: AddressPrefixes): string | undefined {
  const template = classifyOutput(scriptPubKey);
  switch (template.type) {
    case "pubkeyhash":
      return base58check.encode(concatBytes(Uint8Array.of(prefixes.pubKeyHash), template.hash));
    case "scripthash":
      return base58check.encode(concatBytes(Uint8Array.of(prefixes.scriptHash), template.hash));
    case "witness":
      return encodeSegwit(template.version, template.program, prefixes);
    default:
      return undefined;
  }
}

/**
 * The output script that an address stands for.
 * @throws InputError when the text is no address of this network.
 */
export function scriptOfAddress(address: string, prefixes: AddressPrefixes): Uint8Array {
  const script = decodeSegwit(address, prefixes) ?? decodeBase58(address, prefixes);
  if (script === undefined) {
    throw new InputError(`${quote(address)} is not an address of this network (they begin with ${prefixes.bech32}1…)`);
  }
  return script;
}

/** BIP350: version 0 in bech32, all others in bech32m. */
function encodeSegwit(version: number, program: Uint8Array, prefixes: AddressPrefixes): string | undefined {
  if (version === 0 && program.length !== 20 && program.length !== 32) return undefined;
  const coder = version === 0 ? bech32 : bech32m;
  return coder.encode(prefixes.bech32, [version, ...coder.toWords(program)]);
}

function decodeSegwit(address: string, prefixes: AddressPrefixes): Uint8Array | undefined {
  if (address.length > MAX_BECH32_CHARACTERS) return undefined;
  for (const coder of [bech32, bech32m]) {
    const decoded = coder.decodeUnsafe(address, MAX_BECH32_CHARACTERS);
    if (decoded === undefined || decoded.prefix !== prefixes.bech32) continue;
    const version = decoded.words[0];
    if (version === undefined || version > 16 || (version === 0) !== (coder === bech32)) continue;
    const program = coder.fromWordsUnsafe(decoded.words.slice(1));
    if (!program || program.length < 2 || program.length > 40) continue;
    if (version === 0 && program.length !== 20 && program.length !== 32) continue;
    return payToWitness(version, program);
  }
  return undefined;
}

function decodeBase58(address: string, prefixes: AddressPrefixes): Uint8Array | undefined {
  const payload = decodeBase58Check(address);
  if (payload === undefined || payload.length !== HASH160_BYTES + 1) return undefined;
  const hash = payload.subarray(1);
  if (payload[0] === prefixes.pubKeyHash) return payToPublicKeyHash(hash);
  if (payload[0] === prefixes.scriptHash) return payToScriptHash(hash);
  return undefined;
}

/** Base58 with checksum; undefined when the text is none. */
function decodeBase58Check(text: string): Uint8Array | undefined {
  if (text.length > MAX_BECH32_CHARACTERS) return undefined;
  try {
    return base58check.decode(text);
  } catch {
    return undefined;
  }
}

/** Untrusted text for an error line: everything but printable ASCII escaped, length cut. */
function quote(text: string): string {
  const cut = text.length > MAX_BECH32_CHARACTERS ? `${text.slice(0, MAX_BECH32_CHARACTERS)}...` : text;
  return JSON.stringify(cut).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
