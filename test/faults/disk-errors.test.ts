/** A disk that is full or fails: the node says so and ends; when the disk is well again, so is the node. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { connectRpc, type RpcClient } from "@forkyard/rpc/client";
import { SeededRandom } from "../fuzz/support/seeded-random.ts";
import { COUNTS, SEED } from "./support/counts.ts";
import { inspect } from "./support/inspect-chain.ts";
import { buildShim } from "./support/power-shim.ts";

const NODE_PROGRAM = fileURLToPath(new URL("../../packages/node/src/bin.ts", import.meta.url));
const ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
const SMALL_DISK = "size=1500k";
const LIMIT_MS = 3 * 60 * 60 * 1000;
const MAX_ROUNDS = 2_000;
const BLOCKS_A_ROUND = 20;
const timers = {
  after(delayMs: number, callback: () => void): () => void {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

const random = new SeededRandom(`${SEED}/disk`);
const root = mkdtempSync(join(tmpdir(), "forkyard-disk-"));
const mounted: string[] = [];
after(() => {
  for (const path of mounted) spawnSync("umount", ["-l", path]);
  rmSync(root, { recursive: true, force: true });
});

/** A node of this repository, alone, on regtest. */
class NodeProcess {
  readonly client: RpcClient;
  readonly #ended: Promise<[number | null, string | null]>;
  readonly #errors: string[];
  readonly #kill: () => void;

  private constructor(
    client: RpcClient,
    ended: Promise<[number | null, string | null]>,
    errors: string[],
    kill: () => void,
  ) {
    this.client = client;
    this.#ended = ended;
    this.#errors = errors;
    this.#kill = kill;
  }

  static async start(dataDir: string, env: Record<string, string> = {}): Promise<NodeProcess> {
    const config = join(root, "node.json");
    writeFileSync(config, JSON.stringify({ network: "regtest", dataDir, log: { level: "error" } }));
    const child = spawn(process.execPath, ["--conditions=forkyard:source", NODE_PROGRAM, "--config", config], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    const ended = once(child, "close") as Promise<[number | null, string | null]>;
    const errors: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
    for await (const line of createInterface(child.stdout)) {
      const { rpc } = JSON.parse(line) as { rpc: string };
      const port = Number(new URL(rpc).port);
      const client = connectRpc({ port, cookiePath: join(dataDir, ".cookie"), timers });
      return new NodeProcess(client, ended, errors, () => void child.kill("SIGKILL"));
    }
    throw new Error(`the node did not start: ${errors.join("")}`);
  }

  /** Mines, with a reorganisation in each round, until the node ends or `rounds` are done. */
  async work(rounds: number): Promise<void> {
    try {
      for (let round = 0; round < rounds; round++) {
        await this.client.call("generatetoaddress", [BLOCKS_A_ROUND, ADDRESS], { timeoutMs: 60_000 });
        const height = await this.client.call<number>("getblockcount");
        const forkPoint = await this.client.call<string>("getblockhash", [height - 2]);
        const request = { forkPoint, blocks: 3, transactions: "none", address: ADDRESS, atFullPower: true };
        const { branch } = await this.client.call<{ branch: string }>("forkyard_minebranch", request);
        await this.client.call("forkyard_publishbranch", { branch });
      }
    } catch {
      // The node is gone, which is what is waited for.
    }
  }

  kill(): void {
    this.#kill();
  }

  async end(): Promise<{ code: number | null; signal: string | null; errors: string }> {
    const [code, signal] = await this.#ended;
    this.client.close();
    return { code, signal, errors: this.#errors.join("") };
  }
}

describe("a node on a bad disk", { timeout: LIMIT_MS }, () => {
  test("a full disk ends it loudly; with room again it goes on", async (context) => {
    const disk = join(root, "small");
    mkdirSync(disk);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", SMALL_DISK, "tmpfs", disk]).status !== 0) {
      return context.skip("a small disk cannot be mounted here");
    }
    mounted.push(disk);
    const node = await NodeProcess.start(join(disk, "data"));
    await node.work(MAX_ROUNDS);
    const { code, errors } = await node.end();
    assert.equal(code, 1, errors);
    assert.match(errors, /the node cannot go on: .*No space left on device/);
    assert.equal(spawnSync("mount", ["-o", "remount,size=64m", disk]).status, 0);
    const { height, openMs } = await inspect(join(disk, "data", "chain"));
    context.diagnostic(`full at height ${height}, opened again in ${openMs.toFixed(0)} ms`);
    assert.ok(height > 0);
  });

  test("a sync that fails ends it loudly, and is never tried again", async (context) => {
    const shim = buildShim(root);
    if ("missing" in shim) return context.skip(`failing disks are not emulated: ${shim.missing}`);
    const dataDir = join(root, "failing");
    const node = await NodeProcess.start(dataDir, { LD_PRELOAD: shim.path, FORKYARD_FAIL_SYNC: "150" });
    await node.work(MAX_ROUNDS);
    const { code, errors } = await node.end();
    assert.equal(code, 1, errors);
    assert.match(errors, /the node cannot go on: .*(Input\/output error|EIO)/);
    assert.ok((await inspect(join(dataDir, "chain"))).height > 0);
  });

  test(`a node killed ${COUNTS.nodeKills} times while it mines and reorganises`, async (context) => {
    const dataDir = join(root, "killed");
    let last = 0;
    for (let kill = 0; kill < COUNTS.nodeKills; kill++) {
      const node = await NodeProcess.start(dataDir);
      setTimeout(() => node.kill(), random.below(1_500));
      await node.work(MAX_ROUNDS);
      assert.equal((await node.end()).signal, "SIGKILL");
      const { height } = await inspect(join(dataDir, "chain"));
      assert.ok(height >= last, "blocks were lost");
      last = height;
    }
    context.diagnostic(`height ${last} after ${COUNTS.nodeKills} kills`);
  });
});
