import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { addressOf as addressOfScript } from "@forkyard/core/address";
import { networkByName } from "@forkyard/core/params/networks";
import { payToWitness } from "@forkyard/core/script/templates";
import { repositoryRoot } from "../repository-root.ts";
import { addressOf, Hosts, noHostsBecause } from "./support/hosts.ts";

const LAUNCHER = join(repositoryRoot, "packages/cli/bin/forkyard.mjs");
const FOUND_LIMIT_MS = 60_000;
const MINED_HEIGHT = 3;
const HASHES_PER_SECOND = "60000";
const REWARD_ADDRESS = addressOfScript(payToWitness(0, new Uint8Array(20)), networkByName("devnet").addresses) ?? "";
/** Prints the answer to one RPC call: url, user and password, body. */
const CALL = `const [url, login, body] = process.argv.slice(1);
const headers = { "content-type": "application/json", authorization: "Basic " + btoa(login) };
fetch(url, { method: "POST", headers, body }).then((answer) => answer.text()).then(console.log);`;

const missing = noHostsBecause();

describe("hosts on one local network", { skip: missing ?? false }, () => {
  const folder = mkdtempSync(join(tmpdir(), "forkyard-hosts-"));
  let hosts: Hosts;

  before(() => {
    hosts = new Hosts();
  });

  after(async () => {
    await hosts.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a node that is told of no peer. @returns what asks it */
  async function startNode(network: string, ...more: readonly string[]): Promise<<T>(method: string) => T> {
    const host = hosts.add();
    const dataDir = join(folder, String(host));
    const words = ["node", "--network", network, "--data-dir", dataDir, "--p2p-host", "0.0.0.0", "--mdns", ...more];
    const { rpc } = JSON.parse(await hosts.start(host, [LAUNCHER, ...words])) as { rpc: string };
    const login = readFileSync(join(dataDir, ".cookie"), "utf8").trim();
    return <T>(method: string) => {
      const answer = hosts.run(host, ["-e", CALL, rpc, login, JSON.stringify({ method })]);
      return (JSON.parse(answer) as { result: T }).result;
    };
  }

  test("nodes of one chain find one another by mDNS, and blocks cross the network", async (context) => {
    const miner = await startNode("devnet", "--mine", HASHES_PER_SECOND, "--pay-to", REWARD_ADDRESS);
    const stranger = await startNode("regtest");
    const second = await startNode("devnet");
    const third = await startNode("devnet");
    const startedMs = performance.now();
    const nodes = [miner, second, third];
    const linked = (): boolean => nodes.every((node) => node<readonly unknown[]>("getpeerinfo").length === 2);
    const synced = (): boolean => nodes.every((node) => node<number>("getblockcount") >= MINED_HEIGHT);
    while (!linked() || !synced()) {
      assert.ok(performance.now() - startedMs < FOUND_LIMIT_MS, "they did not find one another");
    }
    context.diagnostic(`linked and at height ${MINED_HEIGHT} after ${Math.round(performance.now() - startedMs)} ms`);
    const addresses = second<readonly { addr: string }[]>("getpeerinfo").map(({ addr }) => addr.split("/")[2]);
    assert.deepEqual(new Set(addresses), new Set([addressOf(0), addressOf(3)]));
    assert.deepEqual(stranger<readonly unknown[]>("getpeerinfo"), [], "another chain is left alone");
  });
});
