import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { loadDevnetConfig } from "./load-config.ts";
import { planDevnet } from "./plan-devnet.ts";

const folder = mkdtempSync(join(tmpdir(), "forkyard-config-"));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe("devnet file", () => {
  test("is YAML or JSON, and flags win over it", () => {
    const yaml = write("a.yaml", "network: regtest\nportBase: 30000\nnodes: 3\n");
    assert.equal(loadDevnetConfig(yaml, {}).network, "regtest");
    assert.equal(loadDevnetConfig(yaml, { network: "devnet", nodes: 4 }).network, "devnet");
    assert.equal(loadDevnetConfig(yaml, { nodes: 4 }).nodes, 4);
    const json = write("b.json", '{"nodes": [{"name": "a"}, {"hashShare": 2}]}');
    assert.deepEqual(loadDevnetConfig(json, { nodes: 2 }).nodes, [{ name: "a", hashShare: 1 }, { hashShare: 2 }]);
  });

  test("a listed number of nodes cannot be overruled", () => {
    const file = write("c.yaml", "nodes:\n  - name: a\n  - name: b\n");
    assert.throws(() => loadDevnetConfig(file, { nodes: 3 }), /lists 2 nodes, --nodes says 3/);
  });

  for (const [what, text, message] of [
    ["broken YAML", "nodes: [", /is neither YAML nor JSON/],
    ["a list", "- a\n", /must be a YAML or JSON object/],
    ["plain text", "hello", /must be a YAML or JSON object/],
    ["a tag that means nothing", "nodes: !secret 3", /Unresolved tag: !secret/],
    ["two documents", "nodes: 3\n---\nnodes: 4\n", /multiple documents/],
    ["a bomb of aliases", `a: &a [x]\nb: [${"*a,".repeat(200)}]\n`, /Excessive alias count/],
    ["letters that turn others round", "nodes: !<\u202etxt> 3", /Unresolved tag: .*\\u202etxt/],
  ] as const) {
    test(`refuses ${what}`, () => {
      const file = write("wrong.yaml", text);
      assert.throws(
        () => loadDevnetConfig(file, {}),
        (error: unknown) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, message);
          assert.ok(!error.message.includes("\n"));
          return true;
        },
      );
    });
  }

  test("the YAML library says nothing by itself", async () => {
    const warned: Error[] = [];
    const listen = (warning: Error): void => void warned.push(warning);
    process.on("warning", listen);
    assert.throws(() => loadDevnetConfig(write("tag.yaml", "nodes: !secret 3"), {}), InputError);
    assert.throws(() => loadDevnetConfig(write("key.yaml", "? [nodes]\n: 3\n"), {}), InputError);
    // Warnings are told in a later turn.
    await new Promise(setImmediate);
    process.off("warning", listen);
    assert.deepEqual(warned, []);
  });

  test("refuses a file that is not there", () => {
    assert.throws(() => loadDevnetConfig(join(folder, "none.yaml"), {}), /cannot read the config file/);
  });

  test("every file in configs/devnets can be planned", () => {
    const shipped = new URL("../../../../configs/devnets/", import.meta.url).pathname;
    const files = readdirSync(shipped).filter((name) => name.endsWith(".yaml"));
    assert.ok(files.length > 0);
    for (const name of files) planDevnet(loadDevnetConfig(join(shipped, name), {}));
  });
});
