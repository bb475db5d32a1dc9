import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundledNode, keyOfSources, NODE_ENTRY_POINTS } from "./node-bundle.ts";

const workspace = fileURLToPath(new URL("../../../..", import.meta.url));
/** How a file of ours names the program of a thread, for sources and for what is built. */
const THREAD_FILE = /\.endsWith\("\.ts"\) \? "\.\/([a-z-]+)\.ts"/;

describe("the node program in few files", () => {
  const root = mkdtempSync(join(tmpdir(), "forkyard-bundle-"));
  after(() => rmSync(root, { recursive: true }));

  function write(file: string, content: string): string {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  test("is made anew when a source or the lock file changes, and not for tests and other packages", () => {
    const source = write("packages/node/src/chain/chain.ts", "1");
    write("pnpm-lock.yaml", "a");
    const first = keyOfSources(root);
    assert.match(first, /^[0-9a-f]{16}$/);
    write("packages/node/src/chain/chain.test.ts", "test");
    write("packages/node/src/testing/world.ts", "test");
    write("packages/lab/src/world.ts", "not part of a node");
    assert.equal(keyOfSources(root), first);
    const keys = new Set([first]);
    const changes = [
      () => write("packages/node/src/chain/chain.ts", "22"),
      () => utimesSync(source, new Date(0), new Date(0)),
      () => write("packages/core/src/tx.ts", ""),
      () => write("pnpm-lock.yaml", "bb"),
    ];
    for (const change of changes) {
      change();
      keys.add(keyOfSources(root));
    }
    assert.equal(keys.size, 1 + changes.length);
  });

  test("has the programs of all threads that a node starts", () => {
    const files = globSync("packages/{core,consensus,storage,network,mempool,wallet,rpc,node}/src/**/*.ts", {
      cwd: workspace,
    });
    const threads = files.flatMap((file) => THREAD_FILE.exec(readFileSync(join(workspace, file), "utf8"))?.[1] ?? []);
    assert.deepEqual(new Set(["bin", ...threads]), new Set(Object.keys(NODE_ENTRY_POINTS)));
  });

  test("is made once, and is the node", async () => {
    const program = await bundledNode();
    assert.equal(await bundledNode(), program);
    const { status, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
    assert.deepEqual([status, stderr], [2, "usage: node bin.ts --config FILE [--reindex] [--exit-with-stdin]\n"]);
  });
});
