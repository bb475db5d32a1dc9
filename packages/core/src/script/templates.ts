import { buildScript, isPushOnly } from "./codec.ts";
import { OP_0, OP_1, OP_16, OP_CHECKSIG, OP_DUP, OP_EQUAL, OP_EQUALVERIFY, OP_HASH160, OP_RETURN } from "./opcodes.ts";

/** Standard output scripts, as wallets and RPC name them. Consensus knows no templates but P2SH and witness programs. */
export type OutputTemplate =
  | { readonly type: "pubkey"; readonly publicKey: Uint8Array }
  | { readonly type: "pubkeyhash"; readonly hash: Uint8Array }
  | { readonly type: "scripthash"; readonly hash: Uint8Array }
  | { readonly type: "witness"; readonly version: number; readonly program: Uint8Array }
  | { readonly type: "nulldata" }
  | { readonly type: "nonstandard" };

export function payToPublicKey(publicKey: Uint8Array): Uint8Array {
  return buildScript([publicKey, OP_CHECKSIG]);
}

/** @param hash 20 bytes, hash160 of the public key */
export function payToPublicKeyHash(hash: Uint8Array): Uint8Array {
  return buildScript([OP_DUP, OP_HASH160, hash, OP_EQUALVERIFY, OP_CHECKSIG]);
}

/** @param hash 20 bytes, hash160 of the redeem script (BIP16) */
export function payToScriptHash(hash: Uint8Array): Uint8Array {
  return buildScript([OP_HASH160, hash, OP_EQUAL]);
}

/** BIP141 witness program; version 0 with 20 bytes is P2WPKH. */
export function payToWitness(version: number, program: Uint8Array): Uint8Array {
  return buildScript([version === 0 ? OP_0 : OP_1 + version - 1, program]);
}

/** Names the template of an output script (Bitcoin Core `Solver`, bare multisig apart). */
export function classifyOutput(script: Uint8Array): OutputTemplate {
  const witness = witnessProgram(script);
  if (witness !== undefined) return { type: "witness", ...witness };
  if (isPayToScriptHash(script)) return { type: "scripthash", hash: script.subarray(2, 22) };
  if (isPayToPublicKeyHash(script)) return { type: "pubkeyhash", hash: script.subarray(3, 23) };
  const publicKey = payToPublicKeyKey(script);
  if (publicKey !== undefined) return { type: "pubkey", publicKey };
  return isNullData(script) ? { type: "nulldata" } : { type: "nonstandard" };
}

/** BIP16: exactly OP_HASH160, a direct push of 20 bytes, OP_EQUAL. */
export function isPayToScriptHash(script: Uint8Array): boolean {
  return script.length === 23 && script[0] === OP_HASH160 && script[1] === 20 && script[22] === OP_EQUAL;
}

/** BIP141: a version opcode and one direct push of 2 to 40 bytes, nothing else. */
export function witnessProgram(script: Uint8Array): { version: number; program: Uint8Array } | undefined {
  if (script.length < 4 || script.length > 42) return undefined;
  const versionOpcode = script[0] as number;
  if (versionOpcode !== OP_0 && (versionOpcode < OP_1 || versionOpcode > OP_16)) return undefined;
  if ((script[1] as number) + 2 !== script.length) return undefined;
  return { version: versionOpcode === OP_0 ? 0 : versionOpcode - OP_1 + 1, program: script.subarray(2) };
}

function isPayToPublicKeyHash(script: Uint8Array): boolean {
  return (
    script.length === 25 &&
    script[0] === OP_DUP &&
    script[1] === OP_HASH160 &&
    script[2] === 20 &&
    script[23] === OP_EQUALVERIFY &&
    script[24] === OP_CHECKSIG
  );
}

function payToPublicKeyKey(script: Uint8Array): Uint8Array | undefined {
  const length = script[0];
  if (length === undefined || script.length !== length + 2 || script[length + 1] !== OP_CHECKSIG) return undefined;
  return publicKeyLength(script[1]) === length ? script.subarray(1, length + 1) : undefined;
}

/** The length that a key's first byte announces; whether it is a point on the curve is for the signature check. */
function publicKeyLength(first: number | undefined): number | undefined {
  if (first === 2 || first === 3) return 33;
  return first === 4 || first === 6 || first === 7 ? 65 : undefined;
}

function isNullData(script: Uint8Array): boolean {
  return script[0] === OP_RETURN && isPushOnly(script.subarray(1));
}
