import assert from "node:assert/strict";
import { MANDATORY_SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import { bip341Preimage, bip341Sighash } from "@forkyard/consensus/rules/script/sighash/bip341";
import {
  branchHash,
  leafHash,
  readControlBlock,
  rootOf,
  taprootTweak,
} from "@forkyard/consensus/rules/script/taproot-commitment";
import { addressOf } from "@forkyard/core/address";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { networkByName } from "@forkyard/core/params/networks";
import { Transaction, type TxOutput } from "@forkyard/core/tx";
import { curve, spendResult } from "../support/spends.ts";
import type { Case, Suite, VectorFile } from "../support/suite.ts";

interface Leaf {
  readonly id: number;
  readonly script: string;
  readonly leafVersion: number;
}

type Tree = Leaf | readonly [Tree, Tree];

interface OutputVector {
  readonly given: { readonly internalPubkey: string; readonly scriptTree: Tree | null };
  readonly intermediary: {
    readonly leafHashes?: readonly string[];
    readonly merkleRoot: string | null;
    readonly tweak: string;
    readonly tweakedPubkey: string;
  };
  readonly expected: {
    readonly scriptPubKey: string;
    readonly bip350Address: string;
    readonly scriptPathControlBlocks?: readonly string[];
  };
}

interface SpendingVector {
  readonly given: {
    readonly rawUnsignedTx: string;
    readonly utxosSpent: readonly { readonly scriptPubKey: string; readonly amountSats: number }[];
  };
  readonly inputSpending: readonly {
    readonly given: { readonly txinIndex: number; readonly hashType: number };
    readonly intermediary: { readonly sigMsg: string; readonly sigHash: string };
  }[];
  readonly auxiliary: { readonly fullySignedTx: string };
}

export const taprootWallet: Suite = { files: /^script\/bip341-wallet-vectors\.json$/, cases };

function* cases(file: VectorFile): Iterable<Case> {
  const vectors = file.json<{
    readonly scriptPubKey?: readonly OutputVector[];
    readonly keyPathSpending?: readonly SpendingVector[];
  }>();
  for (const output of vectors.scriptPubKey ?? []) {
    yield { name: output.expected.bip350Address, check: () => checkOutput(output) };
  }
  for (const [index, spending] of (vectors.keyPathSpending ?? []).entries()) {
    for (const input of spending.inputSpending) {
      yield { name: `spending ${index}, input ${input.given.txinIndex}`, check: () => checkDigest(spending, input) };
    }
    yield { name: `spending ${index}, signed`, check: () => checkSigned(spending) };
  }
}

function checkOutput({ given, intermediary, expected }: OutputVector): void {
  const internalKey = fromHex(given.internalPubkey);
  const leaves = given.scriptTree === null ? [] : leavesOf(given.scriptTree);
  const root = given.scriptTree === null ? undefined : hashOf(given.scriptTree);
  assert.equal(root === undefined ? null : toHex(root), intermediary.merkleRoot);
  const hashes = leaves.map(({ leafVersion, script }) => toHex(leafHash(leafVersion, fromHex(script))));
  assert.deepEqual(hashes, intermediary.leafHashes ?? []);
  const tweak = taprootTweak(internalKey, root);
  assert.equal(toHex(tweak), intermediary.tweak);
  const outputKey = fromHex(intermediary.tweakedPubkey);
  assert.equal([0, 1].filter((parity) => curve.isTweaked(outputKey, parity, internalKey, tweak)).length, 1);
  assert.equal(`5120${intermediary.tweakedPubkey}`, expected.scriptPubKey);
  const { addresses } = networkByName("mainnet");
  assert.equal(addressOf(fromHex(expected.scriptPubKey), addresses), expected.bip350Address);
  for (const [i, hex] of (expected.scriptPathControlBlocks ?? []).entries()) {
    const { leafVersion, outputParity, internalKey: key, path } = readControlBlock(fromHex(hex));
    const leaf = leaves[i] as Leaf;
    assert.equal(leafVersion, leaf.leafVersion);
    const proven = taprootTweak(key, rootOf(leafHash(leafVersion, fromHex(leaf.script)), path));
    assert.ok(curve.isTweaked(outputKey, outputParity, key, proven), `control block ${i}`);
  }
}

function leavesOf(tree: Tree): Leaf[] {
  return isPair(tree) ? tree.flatMap(leavesOf) : [tree];
}

function hashOf(tree: Tree): Uint8Array {
  return isPair(tree) ? branchHash(hashOf(tree[0]), hashOf(tree[1])) : leafHash(tree.leafVersion, fromHex(tree.script));
}

function isPair(tree: Tree): tree is readonly [Tree, Tree] {
  return Array.isArray(tree);
}

function checkDigest(spending: SpendingVector, { given, intermediary }: SpendingVector["inputSpending"][number]): void {
  const tx = Transaction.fromBytes(fromHex(spending.given.rawUnsignedTx));
  const spent = spentOf(spending);
  const preimage = bip341Preimage(tx, given.txinIndex, spent, given.hashType, {}) ?? new Uint8Array(0);
  assert.equal(toHex(preimage), intermediary.sigMsg);
  const digest = bip341Sighash(tx, given.txinIndex, spent, given.hashType, {}) ?? new Uint8Array(0);
  assert.equal(toHex(digest), intermediary.sigHash);
}

function checkSigned(spending: SpendingVector): void {
  const tx = Transaction.fromBytes(fromHex(spending.auxiliary.fullySignedTx));
  for (const index of tx.inputs.keys()) {
    assert.equal(spendResult(tx, index, spentOf(spending), MANDATORY_SCRIPT_FLAGS), "OK", `input ${index}`);
  }
}

function spentOf({ given }: SpendingVector): TxOutput[] {
  return given.utxosSpent.map(({ scriptPubKey, amountSats }) => ({
    value: BigInt(amountSats),
    scriptPubKey: fromHex(scriptPubKey),
  }));
}
