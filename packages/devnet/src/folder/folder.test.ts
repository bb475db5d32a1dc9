import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { MAX_LOG_BYTES } from "../limits.ts";
import { deleteData } from "./delete-data.ts";
import { devnetFolder, nodeFolder } from "./layout.ts";
import { lockDevnet } from "./lock-file.ts";
import { openLog } from "./log-file.ts";
import { keepSecret, readIfThere } from "./private-file.ts";
import { awaitExits, identifyProcess, isRunning, signalProcess } from "./process-identity.ts";
import { type DevnetState, readState, runningState, writeState } from "./state-file.ts";

const base = mkdtempSync(join(tmpdir(), "forkyard-folder-"));
after(() => rmSync(base, { recursive: true }));

const DEAD = { pid: process.pid, startedAt: "long ago" };

function state(supervisor: DevnetState["supervisor"]): DevnetState {
  return { version: 1, network: "devnet", supervisor, startedMs: 1, ready: true, nodes: [] };
}

describe("layout", () => {
  test("a folder a name under $FORKYARD_HOME, or the one that is given", () => {
    assert.equal(devnetFolder({}, { FORKYARD_HOME: "/home/x" }).path, "/home/x/default");
    assert.equal(devnetFolder({ name: "lab" }, { FORKYARD_HOME: "/home/x" }).path, "/home/x/lab");
    assert.equal(devnetFolder({ directory: "/tmp/d" }, {}).path, "/tmp/d");
    assert.match(devnetFolder({}, {}).path, /\.forkyard\/default$/);
    assert.equal(nodeFolder(devnetFolder({ directory: "/tmp/d" }, {}), "node1").cookieFile, "/tmp/d/node1/.cookie");
    assert.throws(() => devnetFolder({ name: "../x" }, {}), InputError);
  });
});

describe("state of a devnet", () => {
  const folder = devnetFolder({ directory: join(base, "state") }, {});

  test("is written for its owner only and read back", () => {
    assert.equal(readState(folder), undefined);
    writeState(folder, state(DEAD));
    assert.equal(statSync(folder.stateFile).mode & 0o777, 0o600);
    assert.deepEqual(readState(folder), state(DEAD));
  });

  test("a process of the same number that started later is not ours", () => {
    writeState(folder, state(DEAD));
    assert.throws(() => runningState(folder), /no devnet is running/);
    writeState(folder, state(identifyProcess(process.pid)));
    assert.equal(runningState(folder).network, "devnet");
    writeState(folder, { ...state(identifyProcess(process.pid)), ready: false });
    assert.throws(() => runningState(folder), /still starting/);
  });

  test("a damaged file is refused by name", () => {
    writeFileSync(folder.stateFile, '{"version":');
    assert.throws(
      () => readState(folder),
      (error: unknown) => error instanceof InputError && /damaged/.test(error.message),
    );
  });

  test("a secret is made once", () => {
    keepSecret(folder.walletSecretFile);
    const first = readIfThere(folder.walletSecretFile);
    assert.match(first ?? "", /^[0-9a-f]{64}\n$/);
    keepSecret(folder.walletSecretFile);
    assert.equal(readIfThere(folder.walletSecretFile), first);
  });
});

describe("removing the data", () => {
  test("takes nodes and secrets, leaves what it did not make", () => {
    const folder = devnetFolder({ directory: join(base, "data") }, {});
    deleteData(folder);
    mkdirSync(join(folder.path, "node1"), { recursive: true });
    mkdirSync(join(folder.path, "photos"));
    assert.throws(() => deleteData(folder), /holds no devnet: nothing is removed/);
    writeState(folder, state(DEAD));
    keepSecret(folder.walletSecretFile);
    writeFileSync(nodeFolder(folder, "node1").configFile, "{}");
    deleteData(folder);
    assert.deepEqual(readdirSync(folder.path), ["photos"]);
  });
});

describe("logs", () => {
  test("one that is too long is moved aside", () => {
    const file = join(base, "logs", "node.log");
    closeSync(openLog(file).handle);
    truncateSync(file, MAX_LOG_BYTES + 1);
    const log = openLog(file);
    closeSync(log.handle);
    assert.equal(log.length, 0);
    assert.equal(statSync(`${file}.1`).size, MAX_LOG_BYTES + 1);
  });
});

describe("lock", () => {
  test("is held once, taken over from the dead, and given back", () => {
    const folder = devnetFolder({ directory: join(base, "lock") }, {});
    const unlock = lockDevnet(folder);
    assert.throws(() => lockDevnet(folder), /a devnet already runs in .*forkyard down/);
    unlock();
    for (const stale of [JSON.stringify(DEAD), "", "{"]) {
      writeFileSync(folder.lockFile, stale);
      lockDevnet(folder)();
    }
  });
});

describe("processes", () => {
  test("are told apart, signalled and waited for", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const identity = identifyProcess(child.pid ?? 0);
    assert.ok(isRunning(identity));
    assert.ok(!isRunning({ ...identity, startedAt: "another time" }));
    signalProcess({ ...identity, startedAt: "another time" }, "SIGKILL");
    assert.deepEqual(await awaitExits([identity], 100), [identity]);
    signalProcess(identity, "SIGKILL");
    assert.deepEqual(await awaitExits([identity], 5_000), []);
  });
});
