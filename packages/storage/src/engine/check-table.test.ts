import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { damageOfTable, recordsOfTable } from "./check-table.ts";
import { crc32c } from "./crc32c.ts";
import { LevelEngine } from "./level-engine.ts";

/** Tables with compressed and uncompressed blocks, as LevelDB writes them. */
async function makeTables(): Promise<Uint8Array[]> {
  const folder = mkdtempSync(join(tmpdir(), "forkyard-table-"));
  try {
    for (const round of [1, 2, 3]) {
      const engine = await LevelEngine.open(folder);
      const operations = Array.from({ length: 3_000 }, (_, i) => ({
        kind: "put" as const,
        key: Buffer.from(`key ${String(i * round).padStart(6, "0")}`),
        value: Buffer.from(round === 2 ? "again ".repeat(20) : `${Math.imul(i * round, 2654435761)}`.repeat(3)),
      }));
      await engine.write([...new Map(operations.map((operation) => [operation.key.toString(), operation])).values()]);
      await engine.close();
    }
    await (await LevelEngine.open(folder)).close();
    const names = readdirSync(folder).filter((name) => name.endsWith(".ldb"));
    return names.map((name) => new Uint8Array(readFileSync(join(folder, name))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("checking LevelDB's tables", () => {
  test("CRC-32C of the RFC 3720 examples", () => {
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
    assert.equal(crc32c(Buffer.from("123456789")), 0xe3069283);
  });

  test("a sound table is sound, any changed bit in its blocks is noticed, a cut one is LevelDB's business", async () => {
    const tables = await makeTables();
    assert.ok(tables.length >= 3, `${tables.length} tables`);
    let lost = 0;
    for (const table of tables) {
      assert.equal(damageOfTable(table), undefined);
      assert.equal(damageOfTable(table.subarray(0, table.length >> 1)), undefined);
      const blockBits = (table.length - 48) * 8;
      for (let bit = 3; bit < blockBits; bit += 9_973) {
        const changed = table.slice();
        changed.set([(changed.at(bit >> 3) ?? 0) ^ (1 << (bit & 7))], bit >> 3);
        assert.notEqual(damageOfTable(changed), undefined, `bit ${bit}`);
        const [before, after] = [recordsOfTable(table), recordsOfTable(changed)];
        for (const [name, record] of after) assert.deepEqual(record, before.get(name));
        if (bit < table.length) lost = Math.max(lost, before.size - after.size);
      }
    }
    assert.ok(lost > 0 && lost < 1_000, `a bit in one block costs ${lost} records`);
  });
});
