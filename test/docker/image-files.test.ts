/** What can be known of docker/ without a container engine; `docker/build-without-engine.sh all` tries the rest. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { loadDevnetConfig } from "@forkyard/devnet/config/load-config";
import { planDevnet } from "@forkyard/devnet/config/plan-devnet";
import { parse } from "yaml";
import { P2P_PORT, RPC_PORT } from "../../docker/src/limits.ts";
import { repositoryRoot } from "../repository-root.ts";

function text(file: string): string {
  return readFileSync(join(repositoryRoot, file), "utf8");
}

/** Instructions with their words; a line that ends in a backslash goes on, comments are left out. */
function instructions(dockerfile: string): readonly (readonly [name: string, words: string])[] {
  const joined = dockerfile
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n")
    .replaceAll("\\\n", " ");
  return joined
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [name = "", ...words] = line.trim().split(/\s+/);
      return [name, words.join(" ")] as const;
    });
}

function all(name: string): readonly string[] {
  return dockerfile.filter(([found]) => found === name).map(([, words]) => words);
}

interface Service {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly volumes: readonly string[];
  readonly build: { readonly context: string; readonly dockerfile: string };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const dockerfile = instructions(text("docker/Dockerfile"));
const compose = parse(text("docker/compose.yaml"), { merge: true }) as Compose;
const workspace = parse(text("pnpm-workspace.yaml")) as { readonly catalog: Readonly<Record<string, string>> };

describe("Dockerfile", () => {
  test("builds in one stage and runs in another, both on the Node that is pinned for the workspace", () => {
    const major = workspace.catalog["node"]?.split(".")[0];
    assert.deepEqual(all("ARG"), [`NODE_IMAGE=docker.io/library/node:${major}-bookworm-slim`]);
    assert.deepEqual(all("FROM"), ["${NODE_IMAGE} AS build", "${NODE_IMAGE}"]);
  });

  test("takes the version of pnpm from package.json, and the packages of the lock file", () => {
    const build = all("RUN").join("\n");
    assert.match(build, /npm install --global "\$\(node --print 'require\("\.\/package\.json"\)\.packageManager'\)"/);
    assert.match(build, /--frozen-lockfile/);
    assert.doesNotMatch(build, /pnpm@\d/);
  });

  test("everything that is copied from the repository is there", () => {
    const copied = all("COPY").filter((words) => !words.startsWith("--from"));
    assert.ok(copied.length > 0);
    for (const words of copied) {
      for (const source of words.split(" ").slice(0, -1)) assert.ok(existsSync(join(repositoryRoot, source)), source);
    }
  });

  test("runs as a user without privileges, tells its health and ports, keeps its data in a volume", () => {
    const end = dockerfile.slice(dockerfile.findLastIndex(([name]) => name === "FROM"));
    const last = new Map(end);
    assert.equal(last.get("USER"), "node");
    assert.equal(last.get("VOLUME"), "/data");
    assert.equal(last.get("EXPOSE"), `${RPC_PORT} ${P2P_PORT}`);
    assert.equal(last.get("ENTRYPOINT"), '["forkyard"]');
    assert.match(last.get("HEALTHCHECK") ?? "", /CMD \["node", "\/app\/dist\/health\.js"\]$/);
    assert.ok(existsSync(join(repositoryRoot, "docker/src/health.ts")));
  });
});

describe("compose.yaml", () => {
  const names = planDevnet(loadDevnetConfig(undefined, {})).nodes.map((node) => node.name);

  test('has a service for each node that "npm start" brings up, with a volume of its own', () => {
    assert.equal(names.length, 5);
    assert.deepEqual(Object.keys(compose.services), names);
    assert.deepEqual(Object.keys(compose.volumes), names);
    for (const [name, service] of Object.entries(compose.services)) {
      assert.deepEqual(service.command, [name]);
      assert.deepEqual(service.volumes, [`${name}:/data`]);
    }
  });

  test("runs a program that the image has, built from this repository", () => {
    for (const service of Object.values(compose.services)) {
      assert.deepEqual(service.entrypoint, ["node", "/app/dist/member.js"]);
      assert.ok(existsSync(join(repositoryRoot, "docker", service.build.context, service.build.dockerfile)));
    }
    assert.ok(existsSync(join(repositoryRoot, "docker/src/member.ts")));
  });
});
