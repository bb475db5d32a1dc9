import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scriptOfAddress } from "@forkyard/core/address";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import { hash160, type Txid } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import { payToPublicKey, payToPublicKeyHash, payToWitness } from "@forkyard/core/script/templates";
import fc from "fast-check";
import { publicKeyOf } from "../keys/secp256k1.ts";
import { signTransaction } from "../signing/sign-transaction.ts";
import { spendTemplate } from "../signing/spend-template.ts";
import { dustThreshold } from "./dust.ts";
import { estimateWeight, feeForWeight, feeRateOf } from "./fee.ts";
import { unsignedTransaction } from "./payment.ts";

const privateKey = new Uint8Array(32).fill(9);
const publicKey = publicKeyOf(privateKey);
const scripts = {
  p2wpkh: payToWitness(0, hash160(publicKey)),
  p2pkh: payToPublicKeyHash(hash160(publicKey)),
  p2pk: payToPublicKey(publicKey),
};
const txid = "ab".repeat(32) as Txid;

describe("fees", () => {
  test("the estimated weight is the signed one, but for signatures that come out short", () => {
    const kinds = fc.constantFrom("p2wpkh" as const, "p2pkh" as const, "p2pk" as const);
    fc.assert(
      fc.property(fc.array(kinds, { minLength: 1, maxLength: 6 }), fc.array(kinds, { minLength: 1 }), (from, to) => {
        const prevouts = from.map((_, vout) => ({ txid, vout }));
        const outputs = to.map((kind) => ({ value: 1_000n, scriptPubKey: scripts[kind] }));
        const inputs = from.map((kind) => ({ output: { value: 5_000n, scriptPubKey: scripts[kind] }, privateKey }));
        const tx = signTransaction(unsignedTransaction(prevouts, outputs, 0), inputs);
        const estimate = estimateWeight({
          inputs: inputs.map(({ output }) => spendTemplate(output.scriptPubKey)),
          outputScriptBytes: outputs.map(({ scriptPubKey }) => scriptPubKey.length),
        });
        // A full signature is 71 bytes with its hash type; bytes of it in a script weigh four units.
        const short = tx.inputs.reduce((total, input) => {
          if (input.witness.length > 0) return total + 71 - (input.witness[0] as Uint8Array).length;
          return total + 4 * (71 - (input.scriptSig[0] as number));
        }, 0);
        assert.equal(tx.weight, estimate - short);
        assert.ok(short <= 8 * from.length);
      }),
      { numRuns: 40 },
    );
  });

  test("a P2WPKH payment with change is 141 virtual bytes, a P2PKH one 225", () => {
    assert.equal(Math.ceil(estimateWeight({ inputs: ["p2wpkh"], outputScriptBytes: [22, 22] }) / 4), 141);
    assert.equal(Math.ceil(estimateWeight({ inputs: ["p2pkh"], outputScriptBytes: [25, 25] }) / 4), 225);
  });

  test("rates are whole satoshis for 1,000 virtual bytes, rounded up as fees are", () => {
    assert.equal(feeRateOf(1.0001), 1_001n);
    assert.equal(feeForWeight(4 * 141, feeRateOf(1.5)), 212n);
    assert.equal(feeForWeight(4 * 140 + 1, feeRateOf(1)), 141n);
  });

  test("rates that no node relays or nobody means are refused", () => {
    for (const rate of [0.99, 0, -1, 1_000.1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => feeRateOf(rate), InputError, `${rate}`);
    }
  });
});

test("dust is what Bitcoin Core calls dust", () => {
  const addresses = networkByName("mainnet").addresses;
  const cases = [
    [scripts.p2wpkh, 294n],
    [scripts.p2pkh, 546n],
    [scripts.p2pk, 576n],
    [scriptOfAddress("3P14159f73E4gFr7JterCCQh9QjiTjiZrG", addresses), 540n],
    [payToWitness(0, new Uint8Array(32)), 330n],
    [payToWitness(1, new Uint8Array(32)), 330n],
    [fromHex("6a0401020304"), 0n],
  ] as const;
  for (const [script, least] of cases) assert.equal(dustThreshold(script), least);
});
