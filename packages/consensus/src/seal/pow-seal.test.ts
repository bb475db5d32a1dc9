import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeHeader } from "@forkyard/core/header";
import { NETWORK_NAMES, networkByName } from "@forkyard/core/params/networks";
import { bitsToTarget } from "../rules/target.ts";
import { sealsHeader } from "./pow-seal.ts";

describe("proof-of-work seal", () => {
  for (const name of NETWORK_NAMES) {
    test(`the genesis header of ${name} has it, to the last unit of its hash`, () => {
      const { hash, header } = networkByName(name).genesis;
      const hashNumber = BigInt(`0x${hash}`);
      assert.ok(sealsHeader(encodeHeader(header), bitsToTarget(header.bits)));
      assert.ok(sealsHeader(encodeHeader(header), hashNumber));
      assert.equal(sealsHeader(encodeHeader(header), hashNumber - 1n), false);
    });
  }
});
