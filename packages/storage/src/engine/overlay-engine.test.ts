import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Engine, WriteOperation } from "./engine.ts";
import { MemoryEngine } from "./memory-engine.ts";
import { OverlayEngine } from "./overlay-engine.ts";

const RANGE = { from: Uint8Array.of(2), to: Uint8Array.of(14) };
const operations: fc.Arbitrary<WriteOperation[]> = fc.array(
  fc
    .record({ put: fc.boolean(), key: fc.nat(15), value: fc.nat(255) })
    .map(({ put, key, value }) =>
      put
        ? { kind: "put" as const, key: Uint8Array.of(key), value: Uint8Array.of(value) }
        : { kind: "delete" as const, key: Uint8Array.of(key) },
    ),
);

async function records(engine: Engine): Promise<string[]> {
  const list: string[] = [];
  for await (const [key, value] of engine.scan(RANGE)) list.push(`${key.join()} ${value.join()}`);
  return list;
}

test("an overlay reads like the engine would after the same writes, and leaves it alone", async () => {
  await fc.assert(
    fc.asyncProperty(operations, operations, async (first, second) => {
      const [base, plain] = [new MemoryEngine(), new MemoryEngine()];
      for (const engine of [base, plain]) await engine.write(first);
      const before = await records(base);
      const overlay = new OverlayEngine(base);
      await overlay.write(second);
      await plain.write(second);
      assert.deepEqual(await records(overlay), await records(plain));
      for (let key = 0; key < 16; key++) {
        assert.deepEqual(overlay.get(Uint8Array.of(key)), plain.get(Uint8Array.of(key)));
      }
      assert.deepEqual(await records(base), before);
    }),
  );
});
