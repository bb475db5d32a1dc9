/** Starting and ending: in the foreground, after a kill -9 of everything, on taken ports, on the wrong folder; regtest. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import type { DevnetStatus } from "@forkyard/devnet/observe/status";
import type { ReorgResult } from "@forkyard/devnet/reorg/reorg";
import { systemTimers } from "@forkyard/node/adapters/system-clock";
import { connectRpc } from "@forkyard/rpc/client";
import { Home, processRuns } from "./support/command.ts";

const BLOCK_LIMIT_MS = 90_000;
const SYNC_LIMIT_MS = 15_000;
const JOIN_HEIGHT = 300;
const GONE_LIMIT_MS = 15_000;

describe("the life of a devnet", { timeout: 5 * 60 * 1000 }, () => {
  let home: Home;
  let up: readonly string[];
  before(async () => {
    home = await Home.create(3);
    up = ["up", "--nodes", "2", "--network", "regtest", "--port-base", String(home.portBase)];
  });
  after(() => home.remove());

  function supervisorPid(): number {
    return (readState() as { supervisor: { pid: number } }).supervisor.pid;
  }

  function readState(): unknown {
    return JSON.parse(readFileSync(join(home.path, "default/devnet.json"), "utf8"));
  }

  test("a port that is taken is named, and nothing is started", async () => {
    const server = createServer();
    const port = home.portBase + 10;
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    for (const detach of [[], ["--detach"]]) {
      const result = await home.run(...up, ...detach);
      assert.equal(result.code, 2);
      assert.match(result.stderr, new RegExp(`^forkyard: port ${port} .* node2 .*--port-base\n$`));
    }
    await new Promise((resolve) => server.close(resolve));
  });

  test("in the foreground: a table, a line for each event, and Ctrl-C ends every process", async () => {
    const child = home.start(up);
    const lines: string[] = [];
    const blockMined = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
        lines.push(line);
        if (/ block {5}height \d+ .* by node\d/.test(line)) resolve();
      });
    });
    await blockMined;
    assert.ok(
      lines.some((line) => /^NODE +PEERS +HEIGHT +TIP +MEMPOOL +SHARE$/.test(line)),
      lines.join("\n"),
    );
    assert.ok(lines.some((line) => /^all 2 nodes agree at height \d+/.test(line)));
    const { nodes } = await home.status();
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    assert.equal(await exited, 0);
    assert.deepEqual(
      nodes.filter((node) => processRuns(node.pid ?? 0)),
      [],
    );
  });

  test("a second start works at once, and finds the chain", async () => {
    const status = await home.json<DevnetStatus>(...up, "--detach");
    assert.ok(status.agreed && status.height > 100);
  });

  test("reorg works on regtest", async () => {
    const result = await home.json<ReorgResult>("reorg", "3", "--txs", "replace");
    assert.equal(result.payment?.staged, true);
    assert.deepEqual(
      result.nodes.map((node) => node.name),
      ["node1", "node2"],
    );
    assert.equal(result.supply.after.coins, result.supply.after.issued);
  });

  test("a start after kill -9 of everything works at once", async () => {
    const { nodes } = await home.status();
    for (const pid of [supervisorPid(), ...nodes.map((node) => node.pid ?? 0)]) process.kill(pid, "SIGKILL");
    const status = await home.json<DevnetStatus>(...up, "--detach");
    assert.ok(status.agreed);
    assert.ok(status.nodes.every((node) => node.coins?.total === status.nodes[0]?.coins?.total));
  });

  test("nodes end with a supervisor that is killed, and a start does not mind them", async () => {
    const { nodes } = await home.status();
    process.kill(supervisorPid(), "SIGKILL");
    const deadline = Date.now() + GONE_LIMIT_MS;
    while (nodes.some((node) => processRuns(node.pid ?? 0)) && Date.now() < deadline) await home.run("status");
    assert.deepEqual(
      nodes.filter((node) => processRuns(node.pid ?? 0)),
      [],
    );
    assert.ok((await home.json<DevnetStatus>(...up, "--detach")).agreed);
  });

  test("a node that joins at height 300 is in sync, with the very same block", async (context) => {
    const address = (await home.json<{ address: string }>("wallet", "new-address", "alice")).address;
    const { height, nodes } = await home.status();
    await home.json("rpc", "generatetoaddress", String(Math.max(1, JOIN_HEIGHT - (height ?? 0))), address);
    const port = home.portBase + 20;
    const folder = join(home.path, "extra");
    const child = home.start(
      `node --network regtest --data-dir ${folder} --node-name extra --rpc-port ${port} --connect ${nodes[0]?.p2p}`.split(
        " ",
      ),
    );
    const ready = await new Promise<string>((resolve) =>
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", resolve),
    );
    assert.equal((JSON.parse(ready) as { rpc: string }).rpc, `http://127.0.0.1:${port}`);
    const startedMs = performance.now();
    const extra = connectRpc({ port, cookiePath: join(folder, ".cookie"), timers: systemTimers });
    const reached = await extra.call<{ height: number; hash: string }>("waitforblockheight", [
      JOIN_HEIGHT,
      SYNC_LIMIT_MS,
    ]);
    context.diagnostic(`at height ${reached.height} after ${Math.round(performance.now() - startedMs)} ms`);
    assert.ok(reached.height >= JOIN_HEIGHT, `stuck at height ${reached.height}`);
    assert.equal(reached.hash, await home.json<string>("rpc", "getblockhash", String(reached.height)));
    extra.close();
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    assert.equal(await exited, 0);
  });

  test("a folder of another network is refused and kept", async () => {
    await home.run("down");
    const result = await home.run("up", "--network", "devnet", "--port-base", String(home.portBase));
    assert.equal(result.code, 2);
    assert.match(result.stderr, /holds a regtest devnet, not a devnet one/);
    assert.ok((await home.json<DevnetStatus>(...up, "--detach")).height > 100);
  });

  test("a config file with a mistake is refused in one line", async () => {
    const file = join(home.path, "wrong.yaml");
    writeFileSync(file, "nodes: 3\nhashrate: 5\n");
    const result = await home.run("up", "--config", file);
    assert.equal(result.code, 2);
    assert.match(result.stderr, /wrong\.yaml: .*hashrate/);
  });

  test("mining goes on at the rate that was asked for", async () => {
    const { height } = await home.status();
    await home.statusUntil((status) => status.height > height, BLOCK_LIMIT_MS);
  });

  test("down --delete-data leaves nothing", async () => {
    await home.json("down", "--delete-data");
    const result = await home.run("logs");
    assert.equal(result.code, 2);
  });
});
