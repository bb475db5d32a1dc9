import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sha256EngineName } from "@forkyard/core/hash";
import { nobleSha256 } from "@forkyard/core/sha256/noble";
import { firstWrongDigest } from "@forkyard/core/sha256/self-test";
import fc from "fast-check";
import { assembleSha256 } from "../../scripts/build-sha256.ts";
import { loadFastSha256 } from "./fast-sha256.ts";
import { installSha256 } from "./install-sha256.ts";
import { MAX_MESSAGE_BYTES } from "./layout.ts";
import { moduleBytes, WasmSha256 } from "./wasm.ts";

const message = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.integer({ min: 0, max: 100_000 }).map((length) => Uint8Array.from({ length }, (_, i) => (i * 31) >>> 3)),
);

describe("the fast SHA-256 engine", () => {
  const fast = loadFastSha256();

  test("agrees with JavaScript on messages of any length, whole and twice", () => {
    fc.assert(
      fc.property(message, (bytes) => {
        assert.deepEqual(fast.digest(bytes), nobleSha256.digest(bytes));
        assert.deepEqual(fast.digestTwice(bytes), nobleSha256.digestTwice(bytes));
      }),
    );
  });

  test("agrees on a prefix that several messages share", () => {
    fc.assert(
      fc.property(message, fc.array(message, { maxLength: 4 }), (prefix, tails) => {
        const [fastStream, stream] = [fast.stream().update(prefix), nobleSha256.stream().update(prefix)];
        for (const tail of tails) {
          assert.deepEqual(fastStream.clone().update(tail).digest(), stream.clone().update(tail).digest());
          fastStream.update(tail);
          stream.update(tail);
        }
        assert.deepEqual(fastStream.digest(), stream.digest());
      }),
      { numRuns: 30 },
    );
  });

  test("gives each digest its own memory", () => {
    const first = fast.digest(Uint8Array.of(1));
    fast.digest(Uint8Array.of(2));
    assert.deepEqual(first, nobleSha256.digest(Uint8Array.of(1)));
  });

  test("passes the self-test and is installed", () => {
    assert.equal(firstWrongDigest(fast), undefined);
    assert.equal(installSha256(assert.fail), fast.name);
    assert.equal(sha256EngineName(), fast.name);
  });
});

describe("the SHA-256 module", () => {
  test("hashes everything up to the longest message it has room for, and refuses longer ones", () => {
    const wasm = new WasmSha256();
    const longest = new Uint8Array(MAX_MESSAGE_BYTES).fill(7);
    assert.deepEqual(wasm.digest(longest), nobleSha256.digest(longest));
    assert.throws(() => wasm.digest(new Uint8Array(MAX_MESSAGE_BYTES + 1)), /do not fit/);
  });

  test("is what the generator writes", async () => {
    assert.ok(
      Buffer.from(moduleBytes()).equals(await assembleSha256()),
      "module-bytes.ts is out of date: run packages/consensus/scripts/build-sha256.ts",
    );
  });
});
