import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { assertRule } from "../testing/assert-rule.ts";
import { mine } from "../testing/build-block.ts";
import { checkHeader, isSealed } from "./check-header.ts";

const regtest = networkByName("regtest");

describe("check-header where lots are drawn", () => {
  const { genesis } = regtest;
  const unmined = mine({ ...genesis.header, time: 1 }, genesis.txs, false);
  const drawn = new Set<string>();
  const params: NetworkParams = { ...regtest, drawnByLot: (hash) => drawn.has(hash) };

  test("a header that nobody drew has no work, whatever its hash; a drawn one has", () => {
    assertRule("high-hash", () => checkHeader(genesis.header, genesis.hash, params));
    assertRule("high-hash", () => checkHeader(unmined.header, unmined.hash, params));
    drawn.add(unmined.hash);
    checkHeader(unmined.header, unmined.hash, params);
    assertRule("high-hash", () => checkHeader(unmined.header, unmined.hash, regtest));
  });

  test("bits that the network does not allow are refused all the same", () => {
    drawn.add(unmined.hash);
    for (const bits of [0, 0x2100ffff, 0x01800001]) assert.equal(isSealed(unmined.hash, bits, params), false);
  });
});
