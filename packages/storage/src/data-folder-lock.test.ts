import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { InputError } from "@forkyard/core/errors";
import { lockDataFolder } from "./data-folder-lock.ts";
import { spawnScript } from "./testing/child.ts";

function inFolder(body: (folder: string) => Promise<void> | void): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), "forkyard-lock-"));
    try {
      await body(join(folder, "data"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

describe("data folder lock", () => {
  test(
    "is exclusive within a process, and free again after release",
    inFolder((folder) => {
      const lock = lockDataFolder(folder);
      assert.throws(() => lockDataFolder(folder), InputError);
      lock.release();
      assert.deepEqual(readdirSync(folder), []);
      lockDataFolder(folder).release();
      lock.release();
    }),
  );

  test(
    "names the live process that holds it, and is taken over when that one was killed",
    inFolder(async (folder) => {
      const holder = spawnScript("lock-holder.ts", [folder]);
      await once(holder.stdout as NodeJS.ReadableStream, "data");
      assert.throws(
        () => lockDataFolder(folder),
        (error: Error) => error instanceof InputError && error.message.includes(`in use by process ${holder.pid}: `),
      );
      holder.kill("SIGKILL");
      await once(holder, "exit");
      assert.ok(existsSync(join(folder, "forkyard.lock")), "the killed process left its lock");
      const lock = lockDataFolder(folder);
      assert.match(readFileSync(join(folder, "forkyard.lock"), "utf8"), new RegExp(`^${process.pid} `));
      lock.release();
    }),
  );

  test(
    "is taken over from a process that has ended but was not reaped",
    { skip: process.platform !== "linux" && "zombies show in /proc" },
    inFolder(async (folder) => {
      // The shell becomes a program that never waits for the child it started.
      const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = (await once(parent.stdout, "data")) as [Buffer];
      const zombie = Number(line.toString());
      const stat = (): string => readFileSync(`/proc/${zombie}/stat`, "utf8");
      while (!/\) Z /.test(stat())) await setImmediate();
      lockDataFolder(folder).release();
      const startTime = stat().split(") ")[1]?.split(" ")[19];
      writeFileSync(join(folder, "forkyard.lock"), `${zombie} ${startTime}\n`);
      lockDataFolder(folder).release();
      parent.kill();
      await once(parent, "exit");
    }),
  );

  test(
    "a lock of a reused pid, of our own pid or without sense is stale",
    inFolder((folder) => {
      lockDataFolder(folder).release();
      const stale = [`${process.ppid} 1\n`, `${process.pid} 1\n`, "", "nonsense"];
      for (const content of stale) {
        writeFileSync(join(folder, "forkyard.lock"), content);
        lockDataFolder(folder).release();
        assert.deepEqual(readdirSync(folder), []);
      }
    }),
  );

  test(
    "release leaves a lock alone that is no longer ours",
    inFolder((folder) => {
      const lock = lockDataFolder(folder);
      writeFileSync(join(folder, "forkyard.lock"), "1 1\n");
      lock.release();
      assert.ok(existsSync(join(folder, "forkyard.lock")));
    }),
  );

  test(
    "a path that cannot be a folder is the person's mistake",
    inFolder((folder) => {
      writeFileSync(folder, "a file");
      assert.throws(() => lockDataFolder(join(folder, "below")), /cannot use the data folder .*: check the path/);
    }),
  );
});
