import { concatBytes } from "@forkyard/core/bytes/bytes";
import { assert } from "@forkyard/core/errors";
import { hash160 } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import { payToPublicKeyHash } from "@forkyard/core/script/templates";
import { Transaction, type TransactionFields, type TxOutput } from "@forkyard/core/tx";
import { signatureToDer } from "../keys/der.ts";
import { publicKeyOf, signDigest } from "../keys/secp256k1.ts";
import { legacyDigest } from "./legacy-digest.ts";
import { type SegwitDigest, segwitDigests } from "./segwit-digest.ts";
import { SIGHASH_ALL } from "./sighash-all.ts";
import { spendTemplate } from "./spend-template.ts";

/** The output that an input spends, and the key that may. */
export interface SigningInput {
  readonly output: TxOutput;
  readonly privateKey: Uint8Array;
}

/** Signs every input with SIGHASH_ALL. @param inputs what each input of `unsigned` spends, in order */
export function signTransaction(unsigned: TransactionFields, inputs: readonly SigningInput[]): Transaction {
  assert(inputs.length === unsigned.inputs.length, "an input lacks its key");
  const segwitDigest = segwitDigests(unsigned);
  const signed = unsigned.inputs.map((input, index) => ({
    ...input,
    ...unlock(unsigned, index, inputs[index] as SigningInput, segwitDigest),
  }));
  return new Transaction({ ...unsigned, inputs: signed });
}

function unlock(
  tx: TransactionFields,
  index: number,
  { output, privateKey }: SigningInput,
  segwitDigest: SegwitDigest,
): { scriptSig: Uint8Array; witness: readonly Uint8Array[] } {
  const publicKey = publicKeyOf(privateKey);
  const sign = (digest: Uint8Array): Uint8Array =>
    concatBytes(signatureToDer(signDigest(privateKey, digest)), Uint8Array.of(SIGHASH_ALL));
  const template = spendTemplate(output.scriptPubKey);
  if (template === "p2wpkh") {
    const digest = segwitDigest(index, payToPublicKeyHash(hash160(publicKey)), output.value);
    return { scriptSig: new Uint8Array(0), witness: [sign(digest), publicKey] };
  }
  const signature = sign(legacyDigest(tx, index, output.scriptPubKey));
  return { scriptSig: buildScript(template === "p2pk" ? [signature] : [signature, publicKey]), witness: [] };
}
