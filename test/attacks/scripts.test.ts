/** Section B of the catalogue: scripts, each in a block that makes an output and one that spends it. */
import { hasHighS, parseLaxDer } from "@forkyard/consensus/rules/script/encoding/der";
import { SIGHASH_ANYONECANPAY, SIGHASH_NONE, SIGHASH_SINGLE } from "@forkyard/consensus/rules/script/sighash/hash-type";
import { derSignature, signDigest, testKey } from "@forkyard/consensus/testing/signing";
import { concatBytes, fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { hash160 } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import {
  OP_0,
  OP_1,
  OP_2,
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_CODESEPARATOR,
  OP_DROP,
  OP_ENDIF,
  OP_IF,
  OP_NOT,
  OP_PUSHDATA1,
} from "@forkyard/core/script/opcodes";
import { payToPublicKey, payToPublicKeyHash, payToWitness } from "@forkyard/core/script/templates";
import type { Transaction, TxInput } from "@forkyard/core/tx";
import { story } from "./support/play.ts";
import {
  fund,
  fundAll,
  KEY,
  NOTHING,
  open,
  signLegacy,
  signSegwit,
  spend,
  withInput,
  withOutputs,
  wsh,
} from "./support/spending.ts";
import type { Output } from "./support/story.ts";

const KEY2 = testKey(8);
const GROUP_ORDER = BigInt("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
const PUBLIC_KEY = payToPublicKey(KEY.publicKey);
const COMPRESSED_HASH = payToPublicKeyHash(hash160(KEY.publicKey));

/** What an input puts forward to spend the coin, given the transaction as it will be. */
type Spender = (tx: Transaction, coin: Output) => Partial<TxInput>;

/** A story of two blocks: one makes an output with the script, the other spends it; the script fails so, or does not. */
function script(title: string, scriptPubKey: Uint8Array, spender: Spender, error?: string): void {
  story(title, (chain) => {
    const coin = fund(chain.grow(4), scriptPubKey);
    const tx = spend([coin]);
    const block = chain.block().with(withInput(tx, spender(tx, coin)));
    if (error === undefined) block.accepted();
    else block.failsScript(error);
  });
}

const pushing = (...parts: readonly (number | Uint8Array)[]): Partial<TxInput> => ({ scriptSig: buildScript(parts) });

/** The same signature with S on the other side of half the order. */
function otherS(signature: Uint8Array): Uint8Array {
  const compact = (parseLaxDer(signature.subarray(0, -1)) as Uint8Array).slice();
  const s = GROUP_ORDER - BigInt(`0x${toHex(compact.subarray(32))}`);
  compact.set(fromHex(s.toString(16).padStart(64, "0")), 32);
  return derSignature(compact, signature.at(-1) ?? 0);
}

/** The same numbers with a needless zero before r: no strict DER. */
function padded(signature: Uint8Array): Uint8Array {
  const [tag, length, integer, rBytes] = signature as unknown as readonly [number, number, number, number];
  return concatBytes(Uint8Array.of(tag, length + 1, integer, rBytes + 1, 0), signature.subarray(4));
}

const LATE_DER = { bip34: 1, bip65: 1, bip66: 8, csv: 1, segwit: 0, taproot: 0 };

script(
  "item 25: a signature with a needless zero is no strict DER (BIP66)",
  PUBLIC_KEY,
  (tx) => pushing(padded(signLegacy(tx, PUBLIC_KEY))),
  "SIG_DER",
);
script("item 25: high S is valid in blocks", PUBLIC_KEY, (tx) => pushing(otherS(signLegacy(tx, PUBLIC_KEY))));
script("item 25: high S is valid in segwit too", payToWitness(0, hash160(KEY.publicKey)), (tx, { value }) => ({
  witness: [otherS(signSegwit(tx, COMPRESSED_HASH, value)), KEY.publicKey],
}));
script("item 25: an empty signature is strict DER, and false", buildScript([KEY.publicKey, OP_CHECKSIG, OP_NOT]), () =>
  pushing(OP_0),
);

story(
  "item 25: a signature with a needless zero, valid until BIP66 comes into force",
  (chain) => {
    const coins = fundAll(chain.grow(5), [PUBLIC_KEY, PUBLIC_KEY]);
    const [early, late] = coins.map((coin) => {
      const tx = spend([coin]);
      return withInput(tx, pushing(padded(signLegacy(tx, PUBLIC_KEY))));
    }) as [Transaction, Transaction];
    chain.block().with(early).accepted();
    chain.block().with(late).failsScript("SIG_DER");
  },
  { params: { activation: LATE_DER } },
);

/** The uncompressed key with a first byte that says whether y is odd. */
function hybrid(odd: boolean): Uint8Array {
  return concatBytes(Uint8Array.of(odd ? 7 : 6), KEY.uncompressed.subarray(1));
}
const IS_ODD = ((KEY.uncompressed.at(-1) ?? 0) & 1) === 1;

for (const [name, key, error] of [
  ["a hybrid key", hybrid(IS_ODD), undefined],
  ["a hybrid key of the wrong parity", hybrid(!IS_ODD), "EVAL_FALSE"],
  ["an uncompressed key", KEY.uncompressed, undefined],
] as const) {
  const locking = payToPublicKey(key);
  script(`item 26: ${name}`, locking, (tx) => pushing(signLegacy(tx, locking)), error);
}
script(
  "item 26: an uncompressed key in segwit, which only policy forbids",
  payToWitness(0, hash160(KEY.uncompressed)),
  (tx, { value }) => ({
    witness: [signSegwit(tx, payToPublicKeyHash(hash160(KEY.uncompressed)), value), KEY.uncompressed],
  }),
);

/** Two coins with the same script, spent by one transaction with one output; the second input signs with SINGLE. */
function singleBeyondOutputs(title: string, locking: Uint8Array, spender: Spender, error?: string): void {
  story(title, (chain) => {
    const coins = fundAll(chain.grow(4), [open(0n).scriptPubKey, locking]);
    const tx = spend(coins, { outputs: [open(1n)] });
    const block = chain.block().with(withInput(tx, spender(tx, coins[1] as Output), 1));
    if (error === undefined) block.accepted();
    else block.failsScript(error);
  });
}

const ONE = new Uint8Array(32);
ONE[0] = 1;
singleBeyondOutputs("item 27: SINGLE without an output of its index signs the number 1", PUBLIC_KEY, () =>
  pushing(signDigest(KEY, ONE, SIGHASH_SINGLE)),
);
singleBeyondOutputs("item 27: SINGLE without an output, with ANYONECANPAY", PUBLIC_KEY, () =>
  pushing(signDigest(KEY, ONE, SIGHASH_SINGLE | SIGHASH_ANYONECANPAY)),
);
singleBeyondOutputs(
  "item 27: segwit has no such number",
  payToWitness(0, hash160(KEY.publicKey)),
  () => ({ witness: [signDigest(KEY, ONE, SIGHASH_SINGLE), KEY.publicKey] }),
  "EVAL_FALSE",
);
singleBeyondOutputs(
  "item 27: segwit hashes no outputs there",
  payToWitness(0, hash160(KEY.publicKey)),
  (tx, { value }) => ({
    witness: [signSegwit(tx, COMPRESSED_HASH, value, { hashType: SIGHASH_SINGLE, index: 1 }), KEY.publicKey],
  }),
);

for (const hashType of [0x00, 0x04, 0x84, 0x1f, 0x22, 0x43, 0xff]) {
  script(`item 28: the hash type 0x${hashType.toString(16)}, which only policy forbids`, PUBLIC_KEY, (tx) =>
    pushing(signLegacy(tx, PUBLIC_KEY, { hashType })),
  );
}
script(
  "item 28: 0x22 means NONE, but is not signed as NONE",
  PUBLIC_KEY,
  (tx) =>
    pushing(concatBytes(signLegacy(tx, PUBLIC_KEY, { hashType: SIGHASH_NONE }).slice(0, -1), Uint8Array.of(0x22))),
  "EVAL_FALSE",
);

/**
 * A signature that is known before the script is: without an output of its index it signs the number 1. The script may
 * thus hold it, or something that only contains it, beside a second signature that covers what is left of the script.
 */
const KNOWN_SIGNATURE = signDigest(KEY, ONE, SIGHASH_SINGLE);
const TWO_KEYS = [OP_2, KEY.publicKey, KEY2.publicKey, OP_2, OP_CHECKMULTISIG];
const HOLDING = buildScript([KNOWN_SIGNATURE, OP_DROP, ...TWO_KEYS]);
const HOLDING_LONGER = buildScript([concatBytes(KNOWN_SIGNATURE, Uint8Array.of(0x51)), OP_DROP, ...TWO_KEYS]);
const HELD_IN_OTHER_PUSH = concatBytes(
  Uint8Array.of(OP_PUSHDATA1, KNOWN_SIGNATURE.length),
  KNOWN_SIGNATURE,
  buildScript([OP_DROP, ...TWO_KEYS]),
);
const LEFT_OVER = buildScript([OP_DROP, ...TWO_KEYS]);

for (const [name, locking, signed, error] of [
  ["a signature is cut out of the script that it signs", HOLDING, LEFT_OVER, undefined],
  ["signed with the signature still in the script", HOLDING, HOLDING, "EVAL_FALSE"],
  ["a push that only contains the signature stays (CVE-2024-38365)", HOLDING_LONGER, HOLDING_LONGER, undefined],
  ["signed as if such a push were cut out (CVE-2024-38365)", HOLDING_LONGER, LEFT_OVER, "EVAL_FALSE"],
  ["the signature in a longer form of push stays", HELD_IN_OTHER_PUSH, HELD_IN_OTHER_PUSH, undefined],
] as const) {
  const spender: Spender = (tx) => pushing(OP_0, KNOWN_SIGNATURE, signLegacy(tx, signed, { key: KEY2, index: 1 }));
  singleBeyondOutputs(`item 29: ${name}`, locking, spender, error);
}

/** An empty element is pushed by OP_0, which is what cutting out an empty signature would cut out. */
const HOLDING_SEGWIT = buildScript([OP_0, OP_DROP, OP_1, KEY.publicKey, OP_1, OP_CHECKMULTISIG]);
singleBeyondOutputs("item 29: in segwit nothing is cut out", wsh(HOLDING_SEGWIT), (tx, { value }) => {
  const first = signSegwit(tx, HOLDING_SEGWIT, value, { index: 1 });
  return { witness: [NOTHING, first, HOLDING_SEGWIT] };
});

const SEPARATED = buildScript([OP_CODESEPARATOR, KEY.publicKey, OP_CHECKSIG]);
const AFTER_SEPARATOR = buildScript([KEY.publicKey, OP_CHECKSIG]);
script("item 30: what is signed begins behind OP_CODESEPARATOR", SEPARATED, (tx) =>
  pushing(signLegacy(tx, AFTER_SEPARATOR)),
);
const UNREACHED = buildScript([OP_0, OP_IF, OP_CODESEPARATOR, OP_ENDIF, KEY.publicKey, OP_CHECKSIG]);
script("item 30: a separator that did not run does not count, and is not signed outside segwit", UNREACHED, (tx) =>
  pushing(signLegacy(tx, buildScript([OP_0, OP_IF, OP_ENDIF, KEY.publicKey, OP_CHECKSIG]))),
);
script("item 30: a separator that did not run is signed in segwit", wsh(UNREACHED), (tx, { value }) => ({
  witness: [signSegwit(tx, UNREACHED, value), UNREACHED],
}));
script("item 30: in segwit too, what is signed begins behind the separator", wsh(SEPARATED), (tx, { value }) => ({
  witness: [signSegwit(tx, AFTER_SEPARATOR, value), SEPARATED],
}));
script(
  "item 30: in segwit, signed with the separator that ran",
  wsh(SEPARATED),
  (tx, { value }) => ({ witness: [signSegwit(tx, SEPARATED, value), SEPARATED] }),
  "EVAL_FALSE",
);

const TWO_OF_TWO = buildScript([OP_2, KEY.publicKey, KEY2.publicKey, OP_2, OP_CHECKMULTISIG]);
const bothSign = (tx: Transaction): [Uint8Array, Uint8Array] => [
  signLegacy(tx, TWO_OF_TWO),
  signLegacy(tx, TWO_OF_TWO, { key: KEY2 }),
];
script("item 31: two signatures in the order of their keys", TWO_OF_TWO, (tx) => pushing(OP_0, ...bothSign(tx)));
script(
  "item 31: two signatures in the wrong order",
  TWO_OF_TWO,
  (tx) => pushing(OP_0, ...bothSign(tx).reverse()),
  "EVAL_FALSE",
);
script("item 31: without the extra element", TWO_OF_TWO, (tx) => pushing(...bothSign(tx)), "INVALID_STACK_OPERATION");
script(
  "item 31: an extra element that is not empty (BIP147)",
  TWO_OF_TWO,
  (tx) => pushing(OP_1, ...bothSign(tx)),
  "SIG_NULLDUMMY",
);
script(
  "item 31: a key that is no key, behind the one that fits, is never looked at",
  buildScript([OP_1, NOTHING, KEY.publicKey, OP_2, OP_CHECKMULTISIG]),
  (tx, { scriptPubKey }) => pushing(OP_0, signLegacy(tx, scriptPubKey)),
);
script(
  "item 31: a signature that is no strict DER, though too few keys are left to need it",
  buildScript([OP_2, KEY.publicKey, KEY2.publicKey, OP_2, OP_CHECKMULTISIG, OP_NOT]),
  (tx, { scriptPubKey }) => pushing(OP_0, padded(signLegacy(tx, scriptPubKey)), OP_0),
);
script(
  "item 31: twenty keys",
  buildScript([OP_0, ...Array.from({ length: 20 }, () => KEY.publicKey), Uint8Array.of(20), OP_CHECKMULTISIG]),
  () => pushing(OP_0),
);
script(
  "item 31: 21 keys",
  buildScript([OP_0, ...Array.from({ length: 21 }, () => KEY.publicKey), Uint8Array.of(21), OP_CHECKMULTISIG]),
  () => pushing(OP_0),
  "PUBKEY_COUNT",
);
script(
  "item 31: more signatures than keys",
  buildScript([OP_2, KEY.publicKey, OP_1, OP_CHECKMULTISIG]),
  () => pushing(OP_0, OP_0, OP_0),
  "SIG_COUNT",
);

story(
  "item 36: a transaction that a block before an activation took in is checked anew in one behind it",
  (chain) => {
    const coin = fund(chain.grow(5), PUBLIC_KEY);
    const tx = spend([coin]);
    const lax = withInput(tx, pushing(padded(signLegacy(tx, PUBLIC_KEY))));
    chain.block("early").with(lax).accepted();
    chain.block("late parent").on("block 6").side();
    chain.block("late").on("late parent").with(lax).failsScript("SIG_DER");
    chain.coins({ lacks: [coin.outPoint] });
  },
  { params: { activation: LATE_DER }, ways: ["gossip", "sync", "submitblock"] },
);

const SIGNED_HASH = payToWitness(0, hash160(KEY.publicKey));
story(
  "item 36: a transaction taken in with a good witness is checked anew with another, after a reorganisation",
  (chain) => {
    const coin = fund(chain.grow(4), SIGNED_HASH);
    const tx = spend([coin]);
    const good = withInput(tx, { witness: [signSegwit(tx, COMPRESSED_HASH, coin.value), KEY.publicKey] });
    const other = withOutputs(tx, [open(3n)]);
    const bad = withInput(tx, { witness: [signSegwit(other, COMPRESSED_HASH, coin.value), KEY.publicKey] });
    chain.block("a").with(good).accepted();
    chain.block("b1").on("block 5").side();
    chain.block("b2").on("b1").accepted();
    chain.block("b3").with(bad).failsScript("EVAL_FALSE");
    chain.block("b3 again").with(good).accepted();
  },
);

/** The first input fails while the other checks of the block are still to come or under way. */
story(
  "item 24: a first transaction whose script fails among many that are valid (CVE-2024-52911), then the block without it",
  (chain) => {
    const coins = fundAll(
      chain.grow(4),
      Array.from({ length: 60 }, () => SIGNED_HASH),
    );
    const txs = coins.map((coin) => {
      const tx = spend([coin]);
      return withInput(tx, { witness: [signSegwit(tx, COMPRESSED_HASH, coin.value), KEY.publicKey] });
    });
    const [first, ...others] = txs as [Transaction, ...Transaction[]];
    const failing = withInput(first, { witness: [NOTHING, KEY.publicKey] });
    chain
      .block()
      .with(failing, ...others)
      .failsScript("EVAL_FALSE");
    chain
      .block()
      .with(...others, failing)
      .failsScript("EVAL_FALSE");
    chain
      .block()
      .with(...txs)
      .accepted();
    chain.coins({ lacks: coins.map(({ outPoint }) => outPoint) });
  },
);

function isHigh(signature: Uint8Array): boolean {
  return hasHighS(parseLaxDer(signature.subarray(0, -1)) as Uint8Array);
}

/** Keeps the file's promise that high S is what it is called. */
story(
  "item 25: of a signature and its other S, exactly one is high",
  (chain) => {
    const coin = fund(chain.grow(4), PUBLIC_KEY);
    const tx = spend([coin]);
    const low = signLegacy(tx, PUBLIC_KEY);
    if (isHigh(low) || !isHigh(otherS(low))) throw new Error("the test's own signatures are not as they should be");
    chain
      .block()
      .with(withInput(tx, pushing(low)))
      .accepted();
  },
  { ways: ["gossip"] },
);
