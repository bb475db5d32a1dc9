import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { systemRandom } from "../adapters/system-random.ts";
import { loadIdentity } from "./data-folder.ts";

test("the identity file is made once, for the owner only, and no changed bit of it passes", () => {
  const folder = mkdtempSync(join(tmpdir(), "forkyard-identity-"));
  try {
    const file = join(folder, "identity.key");
    const identity = loadIdentity(file, systemRandom);
    assert.deepEqual(loadIdentity(file, systemRandom), identity);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const sound = readFileSync(file);
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const changed = Buffer.from(sound);
      changed.set([(changed.at(bit >> 3) ?? 0) ^ (1 << (bit & 7))], bit >> 3);
      writeFileSync(file, changed);
      // A changed line end says nothing about the key: it is refused, or gives the very same.
      try {
        assert.deepEqual(loadIdentity(file, systemRandom), identity, `bit ${bit}`);
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, /is damaged: remove it and the node makes itself a new identity/);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
