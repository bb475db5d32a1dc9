import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { parseDevnetConfig } from "../config/devnet-config.ts";
import { planDevnet } from "../config/plan-devnet.ts";
import { devnetFolder } from "../folder/layout.ts";
import { requireFreePorts } from "./free-ports.ts";
import { nodeConfig } from "./node-config-file.ts";
import { NodeProcess } from "./node-process.ts";

const base = mkdtempSync(join(tmpdir(), "forkyard-nodes-"));
after(() => rmSync(base, { recursive: true }));

/** A program that stands in for a node. */
function fakeNode(source: string): NodeProcess {
  const file = join(mkdtempSync(join(base, "fake-")), "node.mjs");
  writeFileSync(file, source);
  return new NodeProcess("node7", { command: process.execPath, parameters: [file] }, "config", join(base, "node.log"));
}

const READY = '{"ready":true,"peerId":"p","addresses":["/ip4/127.0.0.1/tcp/1"],"rpc":"http://127.0.0.1:2"}';

describe("node process", () => {
  test("is ready when it says so, and stops when asked", async () => {
    const node = fakeNode(`console.log(${JSON.stringify(READY)}); process.stdin.resume();`);
    assert.equal((await node.ready()).peerId, "p");
    assert.ok(node.running);
    assert.deepEqual(await node.stop(), { code: null, signal: "SIGTERM" });
    assert.ok(!node.running);
  });

  test("a start that fails gives the node's own reason, not its log", async () => {
    const node = fakeNode(`console.error('{"level":30}'); console.error("port 5 is taken"); process.exit(2);`);
    await assert.rejects(node.ready(), (error: unknown) => {
      assert.ok(error instanceof InputError);
      assert.equal(error.message, "node7 ended with code 2: port 5 is taken");
      return true;
    });
  });

  test("ends when its supervisor is gone, because its standard input closes", async () => {
    const node = fakeNode(
      `process.stdin.on("end", () => process.exit(0)).resume(); console.log(${JSON.stringify(READY)});`,
    );
    await node.ready();
    const supervisor = `
      import { NodeProcess } from ${JSON.stringify(new URL("node-process.ts", import.meta.url).href)};
      const node = new NodeProcess("x", { command: process.execPath, parameters: [${JSON.stringify(join(base, "child.mjs"))}] }, "c", ${JSON.stringify(join(base, "x.log"))});
      await node.ready();
      console.log(${JSON.stringify(READY)});
      process.kill(process.pid, "SIGKILL");`;
    const marker = join(base, "closed");
    writeFileSync(
      join(base, "child.mjs"),
      `import { writeFileSync } from "node:fs";
       process.stdin.on("end", () => { writeFileSync(${JSON.stringify(marker)}, "closed"); process.exit(0); }).resume();
       console.log(${JSON.stringify(READY)});`,
    );
    writeFileSync(join(base, "supervisor.mjs"), supervisor);
    const parameters = ["--conditions=forkyard:source", join(base, "supervisor.mjs")];
    const killed = new NodeProcess("s", { command: process.execPath, parameters }, "c", join(base, "s.log"));
    assert.deepEqual(await killed.exited, { code: null, signal: "SIGKILL" });
    const deadline = Date.now() + 5_000;
    while (readIf(marker) !== "closed" && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(readIf(marker), "closed");
    await node.stop();
  });
});

function readIf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

describe("ports", () => {
  test("a taken one is named together with the way out", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const plan = planDevnet(parseDevnetConfig({ portBase: port, nodes: 1 }, "test"));
    await assert.rejects(requireFreePorts(plan), (error: unknown) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, new RegExp(`^port ${port} on 127.0.0.1 is taken .* node1 .* --port-base$`));
      return true;
    });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("config file of a node", () => {
  test("names ports, neighbours, wallets and folders; mining waits to be switched on", () => {
    const folder = devnetFolder({ directory: "/tmp/d" }, {});
    const plan = planDevnet(parseDevnetConfig({ nodes: 2, network: "regtest" }, "test"));
    const [node] = plan.nodes;
    assert.ok(node !== undefined);
    assert.deepEqual(nodeConfig(folder, plan, node), {
      name: "node1",
      network: "regtest",
      dataDir: "/tmp/d/node1",
      p2p: { host: "127.0.0.1", port: 18444, staticPeers: ["/ip4/127.0.0.1/tcp/18454"], mdns: false },
      rpc: { host: "127.0.0.1", port: 18443 },
      mining: { hashRate: 0, payTo: "miner1" },
      wallets: [{ name: "alice" }, { name: "miner1" }],
      walletSecretFile: "/tmp/d/wallet-secret",
      log: { level: "info" },
    });
  });
});
