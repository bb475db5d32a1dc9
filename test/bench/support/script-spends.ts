import { bip143Sighash } from "@forkyard/consensus/rules/script/sighash/bip143";
import { bip341Sighash } from "@forkyard/consensus/rules/script/sighash/bip341";
import { SIGHASH_ALL, SIGHASH_DEFAULT } from "@forkyard/consensus/rules/script/sighash/hash-type";
import { legacySighash } from "@forkyard/consensus/rules/script/sighash/legacy";
import { leafHash } from "@forkyard/consensus/rules/script/taproot-commitment";
import { signDigest, testKey } from "@forkyard/consensus/testing/signing";
import { schnorrKey, schnorrSign, TAPSCRIPT_LEAF, taprootOutput } from "@forkyard/consensus/testing/taproot-tree";
import { hash160, sha256, type Txid } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import { OP_0, OP_1, OP_CHECKMULTISIG, OP_CHECKSIG } from "@forkyard/core/script/opcodes";
import { payToPublicKeyHash, payToScriptHash, payToWitness } from "@forkyard/core/script/templates";
import { SEQUENCE_FINAL, Transaction, type TxInput, type TxOutput } from "@forkyard/core/tx";

/** What an input shows: its scriptSig and its witness. */
type Shown = Partial<Pick<TxInput, "scriptSig" | "witness">>;

/** One way of paying and of taking the money again. */
export interface SpendKind {
  readonly name: string;
  readonly scriptPubKey: Uint8Array;
  /** Signs the only input of `tx`, which spends `spent`. */
  sign(tx: Transaction, spent: TxOutput): Shown;
}

const VALUE = 100_000n;
const OP_2 = OP_1 + 1;
const OP_3 = OP_1 + 2;
const key = testKey(1);
const signers = [testKey(1), testKey(2), testKey(3)] as const;
const twoOfThree = buildScript([OP_2, ...signers.map(({ publicKey }) => publicKey), OP_3, OP_CHECKMULTISIG]);
const tapKey = schnorrKey(5n);
const tapLeaf = buildScript([tapKey.publicKey, OP_CHECKSIG]);
const taproot = taprootOutput(7n, tapLeaf);

/** The kinds of outputs that most coins are in. */
export const SPEND_KINDS: readonly SpendKind[] = [
  {
    name: "P2PKH",
    scriptPubKey: payToPublicKeyHash(hash160(key.publicKey)),
    sign: (tx, { scriptPubKey }) => {
      const signature = signDigest(key, legacySighash(tx, 0, scriptPubKey, SIGHASH_ALL), SIGHASH_ALL);
      return { scriptSig: buildScript([signature, key.publicKey]) };
    },
  },
  {
    name: "P2WPKH",
    scriptPubKey: payToWitness(0, hash160(key.publicKey)),
    sign: (tx, { value }) => {
      const code = payToPublicKeyHash(hash160(key.publicKey));
      return { witness: [signDigest(key, bip143Sighash(tx, 0, code, value, SIGHASH_ALL), SIGHASH_ALL), key.publicKey] };
    },
  },
  {
    name: "P2SH 2 of 3",
    scriptPubKey: payToScriptHash(hash160(twoOfThree)),
    sign: (tx) => {
      const digest = legacySighash(tx, 0, twoOfThree, SIGHASH_ALL);
      return { scriptSig: buildScript([OP_0, ...signaturesOfTwo(digest), twoOfThree]) };
    },
  },
  {
    name: "P2WSH 2 of 3",
    scriptPubKey: payToWitness(0, sha256(twoOfThree)),
    sign: (tx, { value }) => {
      const digest = bip143Sighash(tx, 0, twoOfThree, value, SIGHASH_ALL);
      return { witness: [new Uint8Array(0), ...signaturesOfTwo(digest), twoOfThree] };
    },
  },
  {
    name: "taproot key path",
    scriptPubKey: taproot.scriptPubKey,
    sign: (tx, spent) => {
      const digest = taprootDigest(tx, spent, {});
      return { witness: [schnorrSign(digest, taproot.outputSecret)] };
    },
  },
  {
    name: "tapscript",
    scriptPubKey: taproot.scriptPubKey,
    sign: (tx, spent) => {
      const leaf = { hash: leafHash(TAPSCRIPT_LEAF, tapLeaf), codeSeparatorPosition: 0xffffffff };
      return { witness: [schnorrSign(taprootDigest(tx, spent, { leaf }), tapKey.secret), tapLeaf, taproot.control] };
    },
  },
];

/** The signatures of the outer two: the middle key is tried in vain. */
function signaturesOfTwo(digest: Uint8Array): Uint8Array[] {
  return [signers[0], signers[2]].map((signer) => signDigest(signer, digest, SIGHASH_ALL));
}

function taprootDigest(tx: Transaction, spent: TxOutput, context: Parameters<typeof bip341Sighash>[4]): Uint8Array {
  const digest = bip341Sighash(tx, 0, [spent], SIGHASH_DEFAULT, context);
  if (digest === undefined) throw new Error("nothing to sign");
  return digest;
}

/** Transactions with one input of a kind, all different, as bytes, and the output that each spends. */
export function scriptSpends(kind: SpendKind, count: number): { readonly spent: TxOutput; readonly txs: Uint8Array[] } {
  const spent = { value: VALUE, scriptPubKey: kind.scriptPubKey };
  const txs = Array.from({ length: count }, (_, n) => {
    const txid = (n + 1).toString(16).padStart(64, "0") as Txid;
    const input = {
      prevout: { txid, vout: 0 },
      scriptSig: new Uint8Array(0),
      sequence: SEQUENCE_FINAL,
      witness: [],
    };
    const outputs = [{ value: VALUE, scriptPubKey: kind.scriptPubKey }];
    const unsigned = new Transaction({ version: 2, inputs: [input], outputs, lockTime: 0 });
    const inputs = [{ ...input, ...kind.sign(unsigned, spent) }];
    return new Transaction({ version: 2, inputs, outputs, lockTime: 0 }).encode();
  });
  return { spent, txs };
}
