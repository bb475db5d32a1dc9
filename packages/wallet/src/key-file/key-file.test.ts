import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { DecodeError, InputError } from "@forkyard/core/errors";
import fc from "fast-check";
import { MAX_KEY_FILE_BYTES } from "../limits.ts";
import { countingRandom } from "../testing/counting-random.ts";
import { PowerCut, SimulatedDisk } from "../testing/simulated-disk.ts";
import { decodeKeyFileHeader, encodeKeyFileHeader, type ScryptCost } from "./header.ts";
import { KeyFile, type KeyFileAccess } from "./key-file.ts";
import { decodePayload, type KeyFilePayload } from "./payload.ts";
import { deriveFileKey, unseal } from "./seal.ts";

const PATH = "wallet.key";
const SECRET = "0123456789abcdef0123456789abcdef";
const OLD: KeyFilePayload = {
  chain: "regtest-0011223344556677",
  seed: new Uint8Array(32).fill(0xa5),
  nextKeys: { receive: 1, change: 2, legacy: 3 },
};
const NEW: KeyFilePayload = { ...OLD, nextKeys: { receive: 11, change: 2, legacy: 3 } };

const accessTo = (files: KeyFileAccess["files"], secret = SECRET): KeyFileAccess => ({
  files,
  path: PATH,
  secret,
  random: countingRandom(),
});

async function diskWith(payload: KeyFilePayload): Promise<{ disk: SimulatedDisk; file: KeyFile; bytes: Uint8Array }> {
  const disk = new SimulatedDisk();
  const file = await KeyFile.create(accessTo(disk), "random", payload);
  return { disk, file, bytes: (await disk.read(PATH, MAX_KEY_FILE_BYTES)) as Uint8Array };
}

/** A disk that holds nothing but these bytes as its key file. */
async function diskOf(bytes: Uint8Array): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  await disk.writeNew(PATH, bytes);
  return disk;
}

const flipBit = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.with(bit >> 3, (bytes[bit >> 3] as number) ^ (1 << (bit & 7)));

describe("key file", () => {
  test("gives back what was written, to whoever has the passphrase", async () => {
    const { disk, file } = await diskWith(OLD);
    assert.deepEqual((await KeyFile.open(accessTo(disk))).payload, OLD);
    await file.write(NEW);
    const opened = await KeyFile.open(accessTo(disk));
    assert.deepEqual(opened.payload, NEW);
    await opened.file.write(OLD);
    assert.deepEqual((await KeyFile.open(accessTo(disk))).payload, OLD);
    assert.deepEqual(disk.names, [PATH]);
  });

  test("a passphrase typed by a person gets the costly derivation, in either Unicode form", async () => {
    const disk = new SimulatedDisk();
    await KeyFile.create(accessTo(disk, "Gr\u00fc\u00dfe"), "passphrase", OLD);
    const bytes = (await disk.read(PATH, MAX_KEY_FILE_BYTES)) as Uint8Array;
    const { cost } = decodeKeyFileHeader(new ByteReader(bytes));
    assert.deepEqual(cost, { log2N: 17, blockSize: 8, parallelism: 1 });
    assert.deepEqual((await KeyFile.open(accessTo(disk, "Gru\u0308\u00dfe"))).payload, OLD);
  });

  test("two writes share neither nonce nor ciphertext, two files no salt", async () => {
    const { disk, file } = await diskWith(OLD);
    await file.write(OLD);
    const headers = disk.written.map((bytes) => decodeKeyFileHeader(new ByteReader(bytes)));
    assert.notDeepEqual(headers[0]?.nonce, headers[1]?.nonce);
    assert.deepEqual(headers[0]?.salt, headers[1]?.salt);
    const random = countingRandom();
    random.bytes(1);
    const other = new SimulatedDisk();
    await KeyFile.create({ ...accessTo(other), random }, "random", OLD);
    assert.notDeepEqual(decodeKeyFileHeader(new ByteReader(other.written[0] as Uint8Array)).salt, headers[0]?.salt);
  });

  test("a wrong passphrase gets one clear line and nothing else", async () => {
    const { disk } = await diskWith(OLD);
    for (const secret of ["", "x", `${SECRET} `, SECRET.toUpperCase()]) {
      await assert.rejects(KeyFile.open(accessTo(disk, secret)), (error: Error) => {
        assert.ok(error instanceof InputError);
        assert.equal(
          error.message,
          "cannot open the key file wallet.key: the passphrase is wrong or the file is damaged",
        );
        return error.cause === undefined;
      });
    }
  });

  test("refuses secrets that protect nothing, and a second file in the same place", async () => {
    const create = (secret: string, kind: "random" | "passphrase"): Promise<KeyFile> =>
      KeyFile.create(accessTo(new SimulatedDisk(), secret), kind, OLD);
    await assert.rejects(create("", "passphrase"), InputError);
    await assert.rejects(create("short", "random"), InputError);
    await assert.rejects(create("x".repeat(1_025), "passphrase"), InputError);
    const { disk, bytes } = await diskWith(OLD);
    await assert.rejects(KeyFile.create(accessTo(disk), "random", NEW), /already/);
    assert.deepEqual(await disk.read(PATH, MAX_KEY_FILE_BYTES), bytes);
    await assert.rejects(KeyFile.open(accessTo(new SimulatedDisk())), /there is no key file/);
  });
});

describe("damage", () => {
  test("any flipped bit is refused", async () => {
    const { bytes } = await diskWith(OLD);
    for (let index = 0; index < bytes.length; index++) {
      const damaged = await diskOf(flipBit(bytes, index * 8 + (index % 8)));
      await assert.rejects(KeyFile.open(accessTo(damaged)), InputError, `byte ${index}`);
    }
  });

  test("even with the right key at hand: the header is sealed too", async () => {
    const { bytes } = await diskWith(OLD);
    const { salt, cost } = decodeKeyFileHeader(new ByteReader(bytes));
    const key = await deriveFileKey(SECRET, salt, cost);
    const openWithKey = (file: Uint8Array): Uint8Array | undefined => {
      const reader = new ByteReader(file);
      const { nonce } = decodeKeyFileHeader(reader);
      return unseal(key, nonce, file.subarray(0, reader.offset), file.subarray(reader.offset));
    };
    assert.deepEqual(decodePayload(openWithKey(bytes) as Uint8Array), OLD);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      try {
        assert.equal(openWithKey(flipBit(bytes, bit)), undefined, `bit ${bit}`);
      } catch (error) {
        assert.ok(error instanceof DecodeError, `bit ${bit}`);
      }
    }
  });

  test("so are files cut short, made longer, or of another kind", async () => {
    const { bytes } = await diskWith(OLD);
    const cut = [0, 1, 8, 20, 68, 69, 80, bytes.length - 1].map((length) => bytes.slice(0, length));
    for (const content of [...cut, Uint8Array.from([...bytes, 0]), new TextEncoder().encode("not a key file\n")]) {
      await assert.rejects(KeyFile.open(accessTo(await diskOf(content))), InputError, `${content.length} bytes`);
    }
  });

  test("a header that asks for too much memory or time is refused before any of it is spent", async () => {
    const { bytes } = await diskWith(OLD);
    const reader = new ByteReader(bytes);
    const header = decodeKeyFileHeader(reader);
    const costs: ScryptCost[] = [
      { log2N: 31, blockSize: 8, parallelism: 1 },
      { log2N: 18, blockSize: 16, parallelism: 1 },
      { log2N: 17, blockSize: 0xffffffff, parallelism: 1 },
      { log2N: 17, blockSize: 8, parallelism: 5 },
      { log2N: 17, blockSize: 0, parallelism: 1 },
      { log2N: 17, blockSize: 8, parallelism: 0 },
      { log2N: 9, blockSize: 8, parallelism: 1 },
    ];
    for (const cost of costs) {
      const hostile = [...encodeKeyFileHeader({ ...header, cost }), ...bytes.subarray(reader.offset)];
      const disk = await diskOf(Uint8Array.from(hostile));
      await assert.rejects(KeyFile.open(accessTo(disk)), /cost of opening it is out of bounds/);
    }
  });

  test("nothing but decode errors come of random bytes", () => {
    const start = [...encodeKeyFileHeader({ cost: { log2N: 12, blockSize: 8, parallelism: 1 }, ...emptyHeader() })];
    const nearly = fc.tuple(fc.nat(start.length), fc.uint8Array({ maxLength: 120 }));
    fc.assert(
      fc.property(nearly, ([kept, rest]) => {
        const bytes = Uint8Array.from([...start.slice(0, kept), ...rest]);
        for (const decode of [() => decodeKeyFileHeader(new ByteReader(bytes)), () => decodePayload(bytes)]) {
          try {
            decode();
          } catch (error) {
            assert.ok(error instanceof DecodeError);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("crashes", () => {
  test("wherever the power goes off while writing, the old content or the new one is there", async () => {
    let outcomes = 0;
    const seen = new Set<number>();
    for (let step = 0; ; step++) {
      const { disk, file } = await diskWith(OLD);
      disk.cutAtStep = disk.steps + step;
      const cut = await file.write(NEW).then(
        () => false,
        (error: Error) => error.cause instanceof PowerCut,
      );
      for (const survivor of disk.afterCrash()) {
        const { payload, file: reopened } = await KeyFile.open(accessTo(survivor));
        assert.ok([OLD.nextKeys.receive, NEW.nextKeys.receive].includes(payload.nextKeys.receive));
        assert.deepEqual({ ...payload, nextKeys: OLD.nextKeys }, OLD);
        if (!cut) assert.deepEqual(payload, NEW);
        // What the crash left lying around does not hinder the next write.
        await reopened.write(NEW);
        assert.deepEqual(survivor.names, [PATH]);
        seen.add(payload.nextKeys.receive);
        outcomes++;
      }
      if (!cut) break;
    }
    assert.equal(seen.size, 2);
    assert.ok(outcomes >= 30, `${outcomes} outcomes`);
  });

  test("wherever it goes off while the file is made, there is a whole file or none", async () => {
    for (let step = 0; ; step++) {
      const disk = new SimulatedDisk();
      disk.cutAtStep = step;
      const cut = await KeyFile.create(accessTo(disk), "random", OLD).then(
        () => false,
        () => true,
      );
      for (const survivor of disk.afterCrash()) {
        const there = survivor.names.includes(PATH);
        assert.ok(there || cut);
        if (there) assert.deepEqual((await KeyFile.open(accessTo(survivor))).payload, OLD);
      }
      if (!cut) break;
    }
  });

  test("a disk that refuses leaves the old content or the new one, says so, and can be tried again", async () => {
    for (let step = 0; step < 5; step++) {
      const { disk, file } = await diskWith(OLD);
      disk.failAtStep = disk.steps + step;
      await assert.rejects(file.write(NEW), /^InputError: cannot write the key file wallet\.key: ENOSPC/);
      const { payload } = await KeyFile.open(accessTo(disk));
      assert.ok([OLD.nextKeys.receive, NEW.nextKeys.receive].includes(payload.nextKeys.receive));
      await file.write(NEW);
      assert.deepEqual((await KeyFile.open(accessTo(disk))).payload, NEW);
    }
  });
});

function emptyHeader(): { salt: Uint8Array; nonce: Uint8Array; sealedBytes: number } {
  return { salt: new Uint8Array(32), nonce: new Uint8Array(12), sealedBytes: 0 };
}
