import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { MAX_KEY_FILE_BYTES } from "../limits.ts";
import { countingRandom } from "../testing/counting-random.ts";
import { KeyFile, type KeyFileAccess } from "./key-file.ts";
import { nodeKeyFiles } from "./node-key-files.ts";

const PAYLOAD = { chain: "x", seed: new Uint8Array(32).fill(1), nextKeys: { receive: 0, change: 0, legacy: 0 } };

describe("key files on the real disk", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "forkyard-wallet-"));
  });
  after(() => rm(folder, { recursive: true }));

  const access = (name: string): KeyFileAccess => ({
    files: nodeKeyFiles,
    path: join(folder, name),
    secret: "ab".repeat(32),
    random: countingRandom(),
  });

  test("only the owner may read them, and nothing else is left", async () => {
    const file = await KeyFile.create(access("wallet.key"), "random", PAYLOAD);
    await file.write({ ...PAYLOAD, nextKeys: { receive: 5, change: 0, legacy: 0 } });
    const { mode } = await stat(join(folder, "wallet.key"));
    assert.equal(mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ["wallet.key"]);
    const { payload } = await KeyFile.open(access("wallet.key"));
    assert.equal(payload.nextKeys.receive, 5);
  });

  test("what a crash left behind is replaced, with the right mode", async () => {
    await writeFile(join(folder, "other.key.tmp"), "half", { mode: 0o644 });
    await KeyFile.create(access("other.key"), "random", PAYLOAD);
    assert.equal((await stat(join(folder, "other.key"))).mode & 0o777, 0o600);
  });

  test("files too long to be key files are not read, folders and missing folders give one line", async () => {
    await writeFile(join(folder, "long.key"), new Uint8Array(MAX_KEY_FILE_BYTES + 1));
    await assert.rejects(KeyFile.open(access("long.key")), /is not a key file: it is longer/);
    await assert.rejects(KeyFile.open(access(".")), InputError);
    await assert.rejects(KeyFile.create(access("none/wallet.key"), "random", PAYLOAD), /cannot write the key file/);
  });
});
