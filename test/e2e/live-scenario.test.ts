/** Scenarios on real processes: one that passes, one whose nodes are asked in the middle, one that is stopped. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { text as allOf } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import type { DevnetState } from "@forkyard/devnet/folder/state-file";
import type { ScenarioResult } from "@forkyard/lab/run/result";
import { repositoryRoot } from "../repository-root.ts";
import { Home, processRuns } from "./support/command.ts";

const LIBRARY = join(repositoryRoot, "configs/scenarios");

/** A program as an exchange may have one: asks its node by JSON-RPC, and reports to the port that it was started with. */
const EXCHANGE = `import { readFileSync } from "node:fs";
import { connect } from "node:net";
const { FORKYARD_RPC_EXCHANGE: url, FORKYARD_COOKIE_EXCHANGE: cookieFile } = process.env;
const authorization = "Basic " + Buffer.from(readFileSync(cookieFile, "utf8")).toString("base64");
const body = JSON.stringify({ id: 1, method: "getbalances", params: [] });
const headers = { authorization, "content-type": "application/json" };
const answer = await fetch(new URL("/wallet/deposits", url), { method: "POST", headers, body });
connect(Number(process.argv[2]), "127.0.0.1").end(JSON.stringify({ cookieFile, answer: await answer.json() }));
`;

interface Report {
  readonly cookieFile: string;
  readonly answer: { readonly result: { readonly mine: { readonly trusted: number } } };
}

describe("scenarios on live nodes", { timeout: 5 * 60 * 1000 }, () => {
  let home: Home;
  let office: Server;
  before(async () => {
    home = await Home.create(0);
    office = createServer();
    await new Promise<void>((resolve) => office.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    office.close();
    await home.remove();
  });

  function foldersOfRuns(): readonly string[] {
    return readdirSync(home.path).filter((name) => name.startsWith("forkyard-live-"));
  }

  test("a natural race passes, and its trace gives the same block tree in the simulator", async () => {
    const result = await home.json<ScenarioResult>(
      "scenario",
      "run",
      "natural-race",
      "--live",
      "--trace",
      "race.jsonl",
    );
    const { world, passed, traceHash, reorgs } = result;
    assert.deepEqual([world, passed], ["live", true]);
    assert.match(traceHash, /^[0-9a-f]{64}$/);
    assert.deepEqual(
      reorgs.map(({ node, depth }) => [node, depth]),
      [["east", 1]],
    );
    const replayed = await home.json<object>("replay", "race.jsonl");
    assert.deepEqual(replayed, { same: true, blocks: 3, reorgs: 1, tips: 1, differences: [] });
    assert.deepEqual(foldersOfRuns(), []);
  });

  test("a program of the user's asks its node in the middle of a double spend; Ctrl-C then ends all of it", async () => {
    const command = [
      process.execPath,
      join(home.path, "exchange.mjs"),
      String((office.address() as { port: number }).port),
    ];
    const ask = { when: { confirmations: { payment: "heist.pay-1", on: "exchange", atLeast: 1 } }, exec: { command } };
    home.write("exchange.mjs", EXCHANGE);
    home.write(
      "attack.yaml",
      `${readFileSync(join(LIBRARY, "double-spend-51.yaml"), "utf8")}timeline: ${JSON.stringify([ask])}\n`,
    );
    const called = new Promise<Report>((resolve, reject) => {
      office.once("connection", (socket) => {
        allOf(socket).then((told) => resolve(JSON.parse(told) as Report), reject);
      });
    });
    const child = home.start(["scenario", "run", "attack.yaml", "--live", "--allow-exec"]);
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const said = Promise.all([allOf(child.stdout as Readable), allOf(child.stderr as Readable)]);

    const { cookieFile, answer } = await Promise.race([
      called,
      said.then(([, why]) => assert.fail(`it ended: ${why}`)),
    ]);
    assert.equal(answer.result.mine.trusted, 50);
    const { nodes } = JSON.parse(
      readFileSync(join(dirname(dirname(cookieFile)), "devnet.json"), "utf8"),
    ) as DevnetState;
    const pids = nodes.flatMap(({ process }) => process?.pid ?? []);
    assert.equal(pids.length, 5);
    assert.ok(pids.every(processRuns));
    assert.equal(foldersOfRuns().length, 1);

    child.kill("SIGINT");
    assert.equal(await ended, 1);
    assert.deepEqual(await said, ["", "forkyard: the run was stopped\n"]);
    assert.deepEqual(pids.filter(processRuns), []);
    assert.deepEqual(foldersOfRuns(), []);
  });
});
