/** Section B of the catalogue: limits of scripts and of what decodes, at the limit and one above it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { MANDATORY_SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import { bip341Sighash } from "@forkyard/consensus/rules/script/sighash/bip341";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { inputOf } from "@forkyard/consensus/testing/build-block";
import { schnorrSign, taprootOutput } from "@forkyard/consensus/testing/taproot-tree";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import { hash160, type Txid } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import {
  OP_0,
  OP_1,
  OP_1ADD,
  OP_2,
  OP_16,
  OP_CAT,
  OP_CHECKLOCKTIMEVERIFY,
  OP_CHECKMULTISIG,
  OP_CHECKSEQUENCEVERIFY,
  OP_CHECKSIG,
  OP_DROP,
  OP_DUP,
  OP_ENDIF,
  OP_IF,
  OP_NOP,
  OP_NOT,
  OP_PUSHDATA1,
  OP_RESERVED,
  OP_TOALTSTACK,
  OP_VERIF,
} from "@forkyard/core/script/opcodes";
import { payToWitness } from "@forkyard/core/script/templates";
import type { TxInput } from "@forkyard/core/tx";
import { story } from "./support/play.ts";
import { fund, KEY, NOTHING, open, sh, signLegacy, spend, TRUE_SCRIPT, withInput, wsh } from "./support/spending.ts";
import type { Story } from "./support/story.ts";

/** Most inputs that fit into a transaction of a megabyte, nearly; a share of it unless asked for all. */
const QUADRATIC_INPUTS = process.env["FORKYARD_FULL_ATTACKS"] === undefined ? 1_000 : 5_500;
const QUADRATIC_LIMIT_MS = 10_000;

/** A story of two blocks: one makes an output with the script, the other spends it. */
function spending(title: string, scriptPubKey: Uint8Array, input: Partial<TxInput>, error?: string): void {
  story(title, (chain) => {
    const coin = fund(chain.grow(4), scriptPubKey);
    const block = chain.block().with(withInput(spend([coin]), input));
    if (error === undefined) block.accepted();
    else block.failsScript(error);
  });
}

const pushing = (...parts: readonly (number | Uint8Array)[]): Partial<TxInput> => ({ scriptSig: buildScript(parts) });
const repeated = (opcode: number, count: number): number[] => Array.from({ length: count }, () => opcode);
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(1);

spending("item 32: an element of 520 bytes", buildScript([bytes(520)]), {});
spending("item 32: an element of 521 bytes", buildScript([bytes(521)]), {}, "PUSH_SIZE");
spending(
  "item 32: an element of 521 bytes that nobody runs",
  buildScript([OP_0, OP_IF, bytes(521), OP_ENDIF, OP_1]),
  {},
  "PUSH_SIZE",
);
/** A script of so many bytes that is true: pushes of 520 bytes, dropped, and one more to make up the size. */
function longScript(size: number): Uint8Array {
  const most = buildScript([...Array.from({ length: 19 }, () => [bytes(520), OP_DROP]).flat(), OP_1]);
  const script = concatBytes(buildScript([bytes(size - most.length - 2), OP_DROP]), most);
  assert.equal(script.length, size);
  return script;
}
for (const [size, error] of [
  [10_000, undefined],
  [10_001, "SCRIPT_SIZE"],
] as const) {
  const long = longScript(size);
  spending(`item 32: a witness script of ${size} bytes`, wsh(long), { witness: [long] }, error);
}
spending("item 32: 201 opcodes", buildScript([...repeated(OP_NOP, 201), OP_1]), {});
spending("item 32: 202 opcodes", buildScript([...repeated(OP_NOP, 202), OP_1]), {}, "OP_COUNT");
spending(
  "item 32: 202 opcodes of which nobody runs one",
  buildScript([OP_0, OP_IF, ...repeated(OP_NOP, 200), OP_ENDIF, OP_1]),
  {},
  "OP_COUNT",
);
spending("item 32: pushes do not count as opcodes", buildScript(repeated(OP_16, 300)), {});
spending(
  "item 32: OP_RESERVED that nobody runs does not count",
  buildScript([OP_0, OP_IF, ...repeated(OP_RESERVED, 300), OP_ENDIF, OP_1]),
  {},
);
const KEYS_20 = [OP_0, OP_0, ...repeated(OP_1, 20), Uint8Array.of(20), OP_CHECKMULTISIG];
spending(
  "item 32: keys of CHECKMULTISIG count as opcodes: 201",
  buildScript([...repeated(OP_NOP, 180), ...KEYS_20]),
  {},
);
spending(
  "item 32: keys of CHECKMULTISIG count as opcodes: 202",
  buildScript([...repeated(OP_NOP, 181), ...KEYS_20]),
  {},
  "OP_COUNT",
);
spending(
  "item 32: a thousand elements on stack and alt stack",
  buildScript([...repeated(OP_1, 900), ...repeated(OP_TOALTSTACK, 100), ...repeated(OP_1, 100)]),
  {},
);
spending(
  "item 32: a thousand and one",
  buildScript([...repeated(OP_1, 900), ...repeated(OP_TOALTSTACK, 100), ...repeated(OP_1, 101)]),
  {},
  "STACK_SIZE",
);
spending("item 32: a number of four bytes", buildScript([bytes(4), OP_1ADD]), {});
spending("item 32: a number of five bytes", buildScript([bytes(5), OP_1ADD]), {}, "SCRIPTNUM");
spending(
  "item 32: CHECKLOCKTIMEVERIFY reads five bytes",
  buildScript([bytes(5), OP_CHECKLOCKTIMEVERIFY]),
  {},
  "UNSATISFIED_LOCKTIME",
);
spending(
  "item 32: CHECKLOCKTIMEVERIFY does not read six",
  buildScript([bytes(6), OP_CHECKLOCKTIMEVERIFY]),
  {},
  "SCRIPTNUM",
);
spending(
  "item 32: CHECKSEQUENCEVERIFY reads five bytes, switched off",
  buildScript([Uint8Array.of(0, 0, 0, 0x80, 0), OP_CHECKSEQUENCEVERIFY]),
  {},
);
spending(
  "item 32: CHECKSEQUENCEVERIFY does not read six",
  buildScript([bytes(6), OP_CHECKSEQUENCEVERIFY]),
  {},
  "SCRIPTNUM",
);
spending(
  "item 32: a negative lock",
  buildScript([Uint8Array.of(0x81), OP_CHECKSEQUENCEVERIFY]),
  {},
  "NEGATIVE_LOCKTIME",
);
spending(
  "item 32: a disabled opcode that nobody runs",
  buildScript([OP_0, OP_IF, OP_CAT, OP_ENDIF, OP_1]),
  {},
  "DISABLED_OPCODE",
);
spending("item 32: OP_VERIF that nobody runs", buildScript([OP_0, OP_IF, OP_VERIF, OP_ENDIF, OP_1]), {}, "BAD_OPCODE");
spending("item 32: an opcode without a meaning that nobody runs", buildScript([OP_0, OP_IF, 0xba, OP_ENDIF, OP_1]), {});

spending("item 33: P2SH runs the script whose hash is asked for", sh(TRUE_SCRIPT), pushing(TRUE_SCRIPT));
spending("item 33: P2SH with another script", sh(TRUE_SCRIPT), pushing(buildScript([OP_2])), "EVAL_FALSE");
spending("item 33: P2SH whose script says no", sh(buildScript([OP_0])), pushing(buildScript([OP_0])), "EVAL_FALSE");
spending("item 33: P2SH with more than pushes", sh(TRUE_SCRIPT), pushing(OP_NOP, TRUE_SCRIPT), "SIG_PUSHONLY");
/** The same opcodes with the hash in another push are no P2SH: the script is not run. */
const LIKE_SH = concatBytes(Uint8Array.of(0xa9, OP_PUSHDATA1, 20), hash160(buildScript([OP_0])), Uint8Array.of(0x87));
spending("item 33: what only looks like P2SH is a plain script", LIKE_SH, pushing(OP_NOP, buildScript([OP_0])));
spending(
  "item 33: a program of version 0 with 31 bytes",
  payToWitness(0, bytes(31)),
  { witness: [TRUE_SCRIPT] },
  "WITNESS_PROGRAM_WRONG_LENGTH",
);
spending(
  "item 33: a program of version 0 with 33 bytes",
  payToWitness(0, bytes(33)),
  { witness: [TRUE_SCRIPT] },
  "WITNESS_PROGRAM_WRONG_LENGTH",
);
spending(
  "item 33: a witness script of another hash",
  payToWitness(0, bytes(32)),
  { witness: [TRUE_SCRIPT] },
  "WITNESS_PROGRAM_MISMATCH",
);
spending(
  "item 33: a witness script that leaves two elements",
  wsh(buildScript([OP_1, OP_1])),
  { witness: [buildScript([OP_1, OP_1])] },
  "CLEANSTACK",
);
spending("item 33: a plain script that leaves two elements", buildScript([OP_1, OP_1]), {});
spending(
  "item 33: a scriptSig in front of a program",
  wsh(TRUE_SCRIPT),
  { ...pushing(OP_1), witness: [TRUE_SCRIPT] },
  "WITNESS_MALLEATED",
);
spending(
  "item 33: a program in P2SH, its push not the shortest",
  sh(wsh(TRUE_SCRIPT)),
  { scriptSig: concatBytes(Uint8Array.of(OP_PUSHDATA1, 34), wsh(TRUE_SCRIPT)), witness: [TRUE_SCRIPT] },
  "WITNESS_MALLEATED_P2SH",
);
spending("item 33: a witness where none belongs", TRUE_SCRIPT, { witness: [TRUE_SCRIPT] }, "WITNESS_UNEXPECTED");
spending("item 33: a program of version 16 that nobody knows", payToWitness(16, bytes(40)), { witness: [bytes(521)] });
spending("item 33: a program of one byte is a plain script", buildScript([OP_2, bytes(1)]), {});
spending("item 33: a program of 41 bytes is a plain script", buildScript([OP_2, bytes(41)]), {});
spending(
  "item 33: a program of version 0 written by OP_PUSHDATA1 is a plain script",
  concatBytes(Uint8Array.of(OP_0, OP_PUSHDATA1, 32), bytes(32)),
  {},
);
spending("item 33: version 1 with 31 bytes stays open", payToWitness(1, bytes(31)), { witness: [bytes(9)] });

const SECRET = 11n;
const LEAF = taprootOutput(SECRET, TRUE_SCRIPT);
spending("item 33: a taproot script", LEAF.scriptPubKey, { witness: [TRUE_SCRIPT, LEAF.control] });
spending(
  "item 33: a taproot script under another control block",
  LEAF.scriptPubKey,
  { witness: [TRUE_SCRIPT, LEAF.control.with(5, (LEAF.control[5] ?? 0) ^ 1)] },
  "WITNESS_PROGRAM_MISMATCH",
);
spending("item 33: a taproot output without a witness", LEAF.scriptPubKey, {}, "WITNESS_PROGRAM_WITNESS_EMPTY");
spending(
  "item 33: a control block that is one byte short",
  LEAF.scriptPubKey,
  { witness: [TRUE_SCRIPT, LEAF.control.slice(0, -1)] },
  "TAPROOT_WRONG_CONTROL_SIZE",
);
spending("item 33: taproot in P2SH stays open", sh(LEAF.scriptPubKey), {
  ...pushing(LEAF.scriptPubKey),
  witness: [bytes(3)],
});

for (const [name, change, error] of [
  ["signed as it should be", 0, undefined],
  ["with one bit of it changed", 1, "SCHNORR_SIG"],
] as const) {
  story(`item 33: a taproot key, ${name}`, (chain) => {
    const coin = fund(chain.grow(4), LEAF.scriptPubKey);
    const tx = spend([coin]);
    const digest = bip341Sighash(tx, 0, [coin], 0, {}) as Uint8Array;
    const signature = schnorrSign(digest, LEAF.outputSecret);
    const block = chain.block().with(withInput(tx, { witness: [signature.with(40, (signature[40] ?? 0) ^ change)] }));
    if (error === undefined) block.accepted();
    else block.failsScript(error);
  });
}

/** BIP342 knows no limit on the size of a script or the number of its opcodes: what btcd once capped. */
function tapscript(title: string, leaf: Uint8Array, items: readonly Uint8Array[], error?: string): void {
  const output = taprootOutput(SECRET, leaf);
  spending(title, output.scriptPubKey, { witness: [...items, leaf, output.control] }, error);
}

tapscript(
  "item 34: a tapscript of 500,000 bytes",
  buildScript([...Array.from({ length: 950 }, () => [bytes(520), OP_DROP]).flat(), OP_1]),
  [],
);
tapscript("item 34: a tapscript of 300,000 opcodes", buildScript([...repeated(OP_NOP, 300_000), OP_1]), []);
tapscript(
  "item 34: a tapscript with a thousand elements before it",
  buildScript([...repeated(OP_DROP, 999)]),
  Array.from({ length: 1_000 }, () => bytes(1)),
);
tapscript(
  "item 34: a tapscript with a thousand and one elements before it",
  buildScript([...repeated(OP_DROP, 1_000)]),
  Array.from({ length: 1_001 }, () => bytes(1)),
  "STACK_SIZE",
);
tapscript("item 34: a tapscript element of 521 bytes", buildScript([OP_DROP, OP_1]), [bytes(521)], "PUSH_SIZE");
tapscript(
  "item 34: more signatures than the witness pays for",
  buildScript(Array.from({ length: 10 }, () => [OP_DUP, bytes(2), OP_CHECKSIG, OP_DROP]).flat()),
  [bytes(64)],
  "TAPSCRIPT_VALIDATION_WEIGHT",
);
spending("item 34: a witness of 500,000 elements that nobody looks at", payToWitness(3, bytes(32)), {
  witness: Array.from({ length: 500_000 }, () => NOTHING),
});
spending("item 34: a witness element of three megabytes", payToWitness(3, bytes(32)), {
  witness: [new Uint8Array(3_000_000)],
});

/** Many inputs, each of which signs the whole transaction; the wrong signature is hashed for like a right one. */
function quadratic(chain: Story): ReturnType<typeof spend> {
  const locking = buildScript([KEY.publicKey, OP_CHECKSIG, OP_NOT]);
  const coin = chain.coin();
  const outputs = Array.from({ length: QUADRATIC_INPUTS }, () => ({ value: 1n, scriptPubKey: locking }));
  const maker = spend([coin], { outputs });
  chain.block().with(maker).accepted();
  const wrong = buildScript([signLegacy(spend([coin]), locking)]);
  const inputs = outputs.map((_, vout) => inputOf(maker.txid, vout, { scriptSig: wrong }));
  return spend([], { inputs, outputs: [open(0n)] });
}

story(
  `item 35: ${QUADRATIC_INPUTS} inputs that each hash the whole transaction, in time`,
  (chain) => {
    chain
      .block()
      .with(quadratic(chain.grow(4)))
      .accepted();
  },
  { ways: ["submitblock", "side branch"] },
);

test(`item 35: ${QUADRATIC_INPUTS} inputs that each hash the whole transaction take at most ten seconds`, () => {
  const locking = buildScript([KEY.publicKey, OP_CHECKSIG, OP_NOT]);
  const scriptSig = buildScript([signLegacy(spend([], { inputs: [inputOf("11".repeat(32) as Txid, 0)] }), locking)]);
  const inputs = Array.from({ length: QUADRATIC_INPUTS }, (_, vout) =>
    inputOf("11".repeat(32) as Txid, vout, { scriptSig }),
  );
  const tx = spend([], { inputs, outputs: [open(0n)] });
  const spent = inputs.map(() => ({ value: 1n, scriptPubKey: locking }));
  const curve = selectCurve();
  const startedMs = performance.now();
  for (let inputIndex = 0; inputIndex < inputs.length; inputIndex++) {
    verifyInput({ tx, inputIndex, spent, flags: MANDATORY_SCRIPT_FLAGS }, curve);
  }
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < QUADRATIC_LIMIT_MS, `took ${tookMs} ms`);
});
