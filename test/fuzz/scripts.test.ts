/** Random and mutated scripts and signatures into the script machine: it ends with a verdict, whatever it is given. */
import assert from "node:assert/strict";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { isStrictDer, parseLaxDer } from "@forkyard/consensus/rules/script/encoding/der";
import { MANDATORY_SCRIPT_FLAGS, NO_SCRIPT_FLAGS, STANDARD_SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import type { ScriptCheck } from "@forkyard/consensus/rules/script/script-check";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { countSigops } from "@forkyard/consensus/rules/sigops";
import { keySpends } from "@forkyard/consensus/testing/key-spends";
import { toHex } from "@forkyard/core/bytes/bytes";
import { RuleError } from "@forkyard/core/errors";
import { hash160, sha256 } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import { OP_CHECKMULTISIG, OPCODES } from "@forkyard/core/script/opcodes";
import { payToPublicKeyHash, payToScriptHash, payToWitness } from "@forkyard/core/script/templates";
import { Transaction } from "@forkyard/core/tx";
import { fuzz } from "./support/fuzz.ts";
import { mutate } from "./support/mutate.ts";
import { SeededRandom } from "./support/seeded-random.ts";

const spends = keySpends(4);
const [first] = spends;
assert.ok(first !== undefined);
const { tx, publicKey } = first;
const signature = tx.inputs[0]?.witness[0] as Uint8Array;
const { value } = first.coin.coin.output;
const curve = selectCurve();
const opcodes = [...OPCODES.values()];
const pieces = [
  signature,
  publicKey,
  new Uint8Array(0),
  Uint8Array.of(1),
  Uint8Array.of(0x80),
  new Uint8Array(520),
  new Uint8Array(521),
];
const multisig = buildScript([0x51, publicKey, publicKey, 0x52, OP_CHECKMULTISIG]);
const keyHash = payToPublicKeyHash(hash160(publicKey));

function randomScript(random: SeededRandom): Uint8Array {
  const part = (): number | Uint8Array => (random.oneIn(3) ? random.pick(pieces) : random.pick(opcodes));
  return buildScript(Array.from({ length: random.below(12) }, part));
}

/** An output that demands `script`, in one of the ways in which outputs do. */
function outputFor(script: Uint8Array, random: SeededRandom): Uint8Array {
  switch (random.below(4)) {
    case 0:
      return payToScriptHash(hash160(script));
    case 1:
      return payToWitness(0, sha256(script));
    case 2:
      return payToWitness(0, hash160(publicKey));
    default:
      return script;
  }
}

function verdictOn(check: ScriptCheck): string {
  try {
    verifyInput(check, curve);
    return "OK";
  } catch (error) {
    if (error instanceof RuleError) return String(error.data["error"]);
    throw error;
  }
}

function takeSpend(input: Uint8Array): void {
  const random = new SeededRandom(toHex(input));
  const script = random.oneIn(3) ? input : randomScript(random);
  const stack = Array.from({ length: random.below(5) }, () => random.pick(pieces));
  const scriptPubKey = outputFor(script, random);
  const scriptSig = random.oneIn(4) ? mutate(randomScript(random), random) : buildScript([...stack, script]);
  const witness = random.oneIn(2) ? [...stack, script] : [];
  const changed = new Transaction({
    version: tx.version,
    inputs: tx.inputs.map((each) => ({ ...each, scriptSig, witness })),
    outputs: tx.outputs,
    lockTime: tx.lockTime,
  });
  const verdicts = [STANDARD_SCRIPT_FLAGS, MANDATORY_SCRIPT_FLAGS, NO_SCRIPT_FLAGS].map((flags) =>
    verdictOn({ tx: changed, inputIndex: 0, spent: [{ value, scriptPubKey }], flags }),
  );
  // Rules were only ever added: what the stricter set lets pass, the laxer one does.
  const firstOk = verdicts.indexOf("OK");
  if (firstOk !== -1) assert.deepEqual(new Set(verdicts.slice(firstOk)), new Set(["OK"]), verdicts.join());
  assert.ok(countSigops(script, true) <= countSigops(script, false));
}

/** Every strict signature is a lax one too, and the two forms agree on r and s. */
function takeSignature(input: Uint8Array): void {
  const strict = isStrictDer(input);
  const lax = parseLaxDer(input.subarray(0, -1));
  if (strict) assert.equal(lax?.length, 64);
  assert.ok(lax === undefined || lax.length === 64);
}

fuzz(import.meta.filename, [
  { name: "spends", valid: [keyHash, multisig], take: takeSpend, allowed: [], runs: 4_000 },
  {
    name: "signatures",
    valid: spends.map((spend) => spend.tx.inputs[0]?.witness[0] as Uint8Array),
    take: takeSignature,
    allowed: [],
  },
]);
