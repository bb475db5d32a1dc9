import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { fromHex, toHex } from "../bytes/bytes.ts";
import { buildScript } from "./codec.ts";
import { OP_1, OP_CHECKSIG, OP_NOP, OP_RETURN } from "./opcodes.ts";
import {
  classifyOutput,
  isPayToScriptHash,
  payToPublicKey,
  payToPublicKeyHash,
  payToScriptHash,
  payToWitness,
  witnessProgram,
} from "./templates.ts";

const HASH = new Uint8Array(20).fill(0xab);
const hex = "ab".repeat(20);
const key = (first: number, length: number): Uint8Array => new Uint8Array(length).fill(1).with(0, first);

describe("output scripts", () => {
  test("are the bytes that everybody uses", () => {
    assert.equal(toHex(payToPublicKeyHash(HASH)), `76a914${hex}88ac`);
    assert.equal(toHex(payToScriptHash(HASH)), `a914${hex}87`);
    assert.equal(toHex(payToWitness(0, HASH)), `0014${hex}`);
    assert.equal(toHex(payToWitness(1, HASH)), `5114${hex}`);
    assert.equal(toHex(payToWitness(16, HASH)), `6014${hex}`);
    assert.equal(toHex(payToPublicKey(key(2, 33))), `21${toHex(key(2, 33))}ac`);
  });

  test("are recognised with what they hold", () => {
    assert.deepEqual(classifyOutput(payToPublicKeyHash(HASH)), { type: "pubkeyhash", hash: HASH });
    assert.deepEqual(classifyOutput(payToScriptHash(HASH)), { type: "scripthash", hash: HASH });
    assert.deepEqual(classifyOutput(payToWitness(0, HASH)), { type: "witness", version: 0, program: HASH });
    assert.deepEqual(classifyOutput(payToWitness(16, HASH)), { type: "witness", version: 16, program: HASH });
  });

  test("one byte changed, missing or added anywhere in the frame is no template any more, or another one", () => {
    for (const script of [payToPublicKeyHash(HASH), payToScriptHash(HASH), payToPublicKey(key(3, 33))]) {
      const { type } = classifyOutput(script);
      for (let at = 0; at < script.length; at++) {
        const changed = classifyOutput(script.with(at, (script[at] as number) ^ 0x60));
        const inFrame = script[at] !== 0xab && (script[at] !== 1 || type !== "pubkey");
        assert.equal(changed.type === type, !inFrame, `${type} at ${at}`);
      }
      assert.equal(classifyOutput(script.subarray(1)).type, "nonstandard");
      assert.equal(classifyOutput(script.subarray(0, -1)).type, "nonstandard");
      assert.equal(classifyOutput(Uint8Array.of(...script, OP_NOP)).type, "nonstandard");
    }
  });

  test("a public key is one by its first byte and its length (Bitcoin Core `CPubKey::ValidSize`)", () => {
    for (let first = 0; first < 0x100; first++) {
      const compressed = first === 2 || first === 3;
      const long = first === 4 || first === 6 || first === 7;
      assert.equal(classifyOutput(payToPublicKey(key(first, 33))).type === "pubkey", compressed, `first byte ${first}`);
      assert.equal(classifyOutput(payToPublicKey(key(first, 65))).type === "pubkey", long, `first byte ${first}`);
    }
    assert.equal(classifyOutput(payToPublicKey(key(2, 32))).type, "nonstandard");
    const { publicKey } = classifyOutput(payToPublicKey(key(4, 65))) as { publicKey: Uint8Array };
    assert.deepEqual(publicKey, key(4, 65));
  });

  test("data is carried behind OP_RETURN by pushes only", () => {
    assert.equal(classifyOutput(Uint8Array.of(OP_RETURN)).type, "nulldata");
    assert.equal(classifyOutput(buildScript([OP_RETURN, new Uint8Array(80), OP_1])).type, "nulldata");
    assert.equal(classifyOutput(Uint8Array.of(OP_RETURN, OP_CHECKSIG)).type, "nonstandard");
    assert.equal(classifyOutput(Uint8Array.of(OP_RETURN, 5, 1)).type, "nonstandard");
  });

  test("any bytes have some template", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (script) => classifyOutput(script).type !== undefined));
    assert.equal(classifyOutput(new Uint8Array(0)).type, "nonstandard");
  });
});

describe("the two templates that consensus knows", () => {
  test("P2SH is one exact form: a longer push of the hash is none (BIP16)", () => {
    assert.ok(isPayToScriptHash(payToScriptHash(HASH)));
    assert.ok(!isPayToScriptHash(fromHex(`a94c14${hex}87`)));
    assert.ok(!isPayToScriptHash(fromHex(`a913${hex.slice(2)}87`)));
    assert.ok(!isPayToScriptHash(fromHex(`a914${hex}88`)));
  });

  test("a witness program is a version and one direct push of 2 to 40 bytes (BIP141)", () => {
    for (let version = 0; version <= 16; version++) {
      for (let length = 0; length <= 42; length++) {
        const found = witnessProgram(payToWitness(version, new Uint8Array(length).fill(9)));
        assert.equal(found !== undefined, length >= 2 && length <= 40, `version ${version}, ${length} bytes`);
        if (found === undefined) continue;
        assert.deepEqual(found, { version, program: new Uint8Array(length).fill(9) });
      }
    }
    for (const wrong of [
      `4f14${hex}`,
      `5014${hex}`,
      `6114${hex}`,
      `0113${hex}`,
      `0015${hex}`,
      `0014${hex}00`,
      `004c14${hex}`,
    ]) {
      assert.equal(witnessProgram(fromHex(wrong)), undefined, wrong);
    }
  });
});
