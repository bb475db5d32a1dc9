import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import {
  ALL_SCRIPT_FLAGS,
  flagsForBlock,
  formatScriptFlags,
  MANDATORY_SCRIPT_FLAGS,
  parseScriptFlags,
  SCRIPT_FLAGS,
  STANDARD_SCRIPT_FLAGS,
} from "./flags.ts";

const ANY_HASH = "11".repeat(32) as BlockHash;

describe("script flags", () => {
  test("every name has its own bit, and a list reads back as it was written", () => {
    const bits = Object.values(SCRIPT_FLAGS);
    assert.equal(new Set(bits).size, bits.length);
    for (const [name, flag] of Object.entries(SCRIPT_FLAGS)) {
      assert.equal(parseScriptFlags(name), flag);
      assert.equal(formatScriptFlags(flag), name);
    }
    assert.equal(parseScriptFlags(formatScriptFlags(ALL_SCRIPT_FLAGS)), ALL_SCRIPT_FLAGS);
    assert.equal(parseScriptFlags("P2SH,WITNESS"), SCRIPT_FLAGS.P2SH | SCRIPT_FLAGS.WITNESS);
    assert.equal(parseScriptFlags(""), 0);
    assert.equal(parseScriptFlags("NONE"), 0);
  });

  test("an unknown name is refused, and says which", () => {
    assert.throws(() => parseScriptFlags("P2SH,TOSTRING"), InputError);
    assert.throws(() => parseScriptFlags("toString"), /"toString"/);
  });

  test("policy holds everything that consensus holds", () => {
    assert.equal(STANDARD_SCRIPT_FLAGS & MANDATORY_SCRIPT_FLAGS, MANDATORY_SCRIPT_FLAGS);
    assert.equal(STANDARD_SCRIPT_FLAGS & SCRIPT_FLAGS.SIGPUSHONLY, 0);
  });
});

describe("flags of a block", () => {
  const mainnet = networkByName("mainnet");
  const namesAt = (height: number, hash: string = ANY_HASH): string =>
    formatScriptFlags(flagsForBlock(hash as BlockHash, height, mainnet));

  test("P2SH, WITNESS and TAPROOT hold from the start, the others from their heights", () => {
    assert.equal(namesAt(1), "P2SH,WITNESS,TAPROOT");
    assert.equal(namesAt(363_724), "P2SH,WITNESS,TAPROOT");
    assert.equal(namesAt(363_725), "P2SH,DERSIG,WITNESS,TAPROOT");
    assert.equal(namesAt(388_381), "P2SH,DERSIG,CHECKLOCKTIMEVERIFY,WITNESS,TAPROOT");
    assert.equal(namesAt(419_328), "P2SH,DERSIG,CHECKLOCKTIMEVERIFY,CHECKSEQUENCEVERIFY,WITNESS,TAPROOT");
    assert.equal(namesAt(481_823).includes("NULLDUMMY"), false);
    assert.equal(flagsForBlock(ANY_HASH, 481_824, mainnet), MANDATORY_SCRIPT_FLAGS);
  });

  test("the two blocks that broke a later rule keep the rules of their time", () => {
    assert.equal(namesAt(170_060, "00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22"), "NONE");
    const taprootException = "0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad";
    assert.equal(
      namesAt(692_261, taprootException),
      "P2SH,DERSIG,NULLDUMMY,CHECKLOCKTIMEVERIFY,CHECKSEQUENCEVERIFY,WITNESS",
    );
  });

  test("regtest has every rule from the first block", () => {
    assert.equal(flagsForBlock(ANY_HASH, 1, networkByName("regtest")), MANDATORY_SCRIPT_FLAGS);
  });
});
