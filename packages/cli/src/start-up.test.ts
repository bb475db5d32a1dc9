import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
/** Run first in the command's process: names every module that it loads on standard error. */
const tellModules = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  import { writeSync } from "node:fs";
  registerHooks({ load(url, context, next) { writeSync(2, url + "\\n"); return next(url, context); } });
`)}`;

/** Which packages a command loads: names of dependencies, and `@forkyard/NAME` of our own. */
function packagesOf(...words: readonly string[]): Set<string> {
  const { stderr, status } = spawnSync(
    process.execPath,
    [...process.execArgv, "--import", tellModules, main, ...words],
    {
      encoding: "utf8",
      input: "",
      env: { ...process.env, FORKYARD_HOME: "/nonexistent" },
    },
  );
  assert.ok(status !== null, stderr);
  const found = [...stderr.matchAll(/node_modules\/(?!\.pnpm)((?:@[^/]+\/)?[^/]+)|packages\/([^/]+)\/(?:src|dist)/g)];
  return new Set(found.map(([, dependency, own]) => dependency ?? `@forkyard/${own}`));
}

describe("a command loads only what it needs", () => {
  const heavy = ["zod", "yaml", "fastify", "pino", "level", "libp2p", "@forkyard/network", "@forkyard/storage"];

  test("--help", () => {
    const loaded = packagesOf("--help");
    assert.ok(loaded.has("commander"));
    for (const name of [...heavy, "@forkyard/node", "@forkyard/consensus"]) assert.ok(!loaded.has(name), name);
  });

  for (const command of ["verify-tx", "verify-block"]) {
    test(command, () => {
      const loaded = packagesOf(command, "--json");
      assert.ok(loaded.has("@forkyard/consensus"));
      for (const name of heavy) assert.ok(!loaded.has(name), name);
    });
  }

  test("status", () => {
    const loaded = packagesOf("status");
    assert.ok(loaded.has("@forkyard/devnet"));
    for (const name of ["yaml", "fastify", "pino", "level", "libp2p", "@forkyard/node", "@forkyard/consensus"]) {
      assert.ok(!loaded.has(name), name);
    }
  });
});
