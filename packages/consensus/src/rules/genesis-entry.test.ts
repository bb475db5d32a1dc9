import assert from "node:assert/strict";
import { test } from "node:test";
import { networkByName } from "@forkyard/core/params/networks";
import { genesisEntry } from "./genesis-entry.ts";

test("genesis is connected from the start, with its own work", () => {
  const entry = genesisEntry(networkByName("mainnet"));
  assert.equal(entry.hash, "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
  assert.deepEqual(
    [entry.height, entry.chainWork, entry.scheduleTime, entry.status, entry.sequence],
    [0, 0x100010001n, 0, "connected", 1],
  );
});
