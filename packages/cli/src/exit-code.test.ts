import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { TimeLimitError } from "@forkyard/devnet/observe/time-limit-error";
import { RpcCallError } from "@forkyard/rpc/client/call-error";
import { CommandFailed, failureOf } from "./exit-code.ts";
import { buildProgram } from "./program.ts";

async function failureOfWords(...words: readonly string[]): Promise<ReturnType<typeof failureOf>> {
  try {
    await buildProgram().parseAsync([...words], { from: "user" });
  } catch (error) {
    return failureOf(error);
  }
  return { exitCode: 0 };
}

describe("exit codes", () => {
  test("2 for what a person can mend, 1 for what did not hold", () => {
    assert.deepEqual(failureOf(new InputError("bad")), { exitCode: 2, message: "bad" });
    assert.deepEqual(failureOf(new TimeLimitError("late")), { exitCode: 1, message: "late" });
    assert.deepEqual(failureOf(new RpcCallError("m", -6, "poor")), { exitCode: 2, message: "poor", code: -6 });
    const unknown = failureOf(new RpcCallError("nosuch", -32601, "Method not found"));
    assert.deepEqual(unknown, {
      exitCode: 2,
      message: 'the node has no method "nosuch": "forkyard rpc help" lists them',
      code: -32601,
    });
    const misused = failureOf(new RpcCallError("getblock", -1, 'getblock "blockhash"\n\nA block.'));
    assert.equal(misused.message, 'usage: getblock "blockhash": "forkyard rpc help getblock" says more');
    assert.deepEqual(failureOf(new RpcCallError("m", -26, "bad-txns")), {
      exitCode: 1,
      message: "bad-txns",
      code: -26,
    });
    assert.deepEqual(failureOf(new CommandFailed("told")), { exitCode: 1 });
    assert.match(failureOf(new TypeError("ours")).message ?? "", /TypeError: ours\n/);
  });

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["nosuch"], /^unknown command 'nosuch'$/],
    [["stat"], /^unknown command 'stat' \(Did you mean status\?\)$/],
    [["pay", "alice"], /^missing required argument 'to'$/],
    [["status", "--nosuch"], /^unknown option '--nosuch'$/],
    [["status", "extra"], /^too many arguments/],
    [["import", "file"], /^required option '--network <name>' not specified$/],
    [["import", "file", "--network", "moon"], /^there is no network "moon"/],
    [["reorg", "0"], /^"0" is not a depth/],
    [["reorg", "1", "--txs", "burn"], /^--txs "burn": it is one of keep, drop, replace$/],
    [["up", "--nodes", "many"], /^--nodes "many": give a number$/],
    [["up", "--nodes", "51"], /^the command line: nodes: /],
    [["up", "--network", "mainnet"], /^the command line: network: /],
    [["up", "--config", "/nonexistent.yaml"], /^cannot read the config file/],
    [["up", "--name", "../x"], /cannot be a devnet's name/],
    [["logs", "--lines", "none", "--dir", "/nonexistent"], /^there is no devnet in \/nonexistent/],
    [["status", "--dir", "/nonexistent"], /^no devnet is running in \/nonexistent: start one with "forkyard up"$/],
    [["node"], /^a node needs --config FILE, or/],
    [["node", "--config", "a", "--network", "devnet"], /^--config says everything/],
    [["node", "--config", "a", "--mdns"], /^--config says everything/],
    [["node", "--network", "devnet", "--data-dir", "a", "--mine", "5"], /^--mine needs --pay-to ADDRESS/],
    [["node", "--network", "devnet", "--data-dir", "a", "--rpc-port", "x"], /^--rpc-port "x": give a whole number$/],
  ];
  for (const [words, message] of wrong) {
    test(`forkyard ${words.join(" ")} is one line and exit code 2`, async () => {
      const failure = await failureOfWords(...words);
      assert.equal(failure.exitCode, 2);
      assert.match(failure.message ?? "", message);
      assert.ok(!failure.message?.includes("\n"));
    });
  }

  test("every command has a description, takes --json and has an example", () => {
    for (const command of buildProgram().commands) {
      assert.ok(command.description().length > 10, command.name());
      const leaves = command.commands.length > 0 ? command.commands : [command];
      for (const leaf of leaves) {
        assert.ok(
          leaf.options.some((option) => option.long === "--json"),
          `${command.name()} ${leaf.name()}`,
        );
      }
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      assert.match(help, /Examples?:\n {2}forkyard /, command.name());
    }
  });
});
