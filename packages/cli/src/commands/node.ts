import { resolve } from "node:path";
import { InputError } from "@forkyard/core/errors";
import type { Command } from "commander";
import { withJson } from "../context.ts";
import { type NodeFlags, nodeDocument } from "./node-flags.ts";

const EXAMPLES = `
The node prints one line of JSON when it is ready and logs on standard error; SIGINT or SIGTERM ends it cleanly.

Examples:
  forkyard node --network devnet --data-dir ./sixth --connect /ip4/127.0.0.1/tcp/18444
  forkyard node --network devnet --data-dir ./desk7 --p2p-host 0.0.0.0 --mdns --mine 5000 --pay-to fyrd1q…
                                        one machine of many in a room: they find one another, and mine together
  forkyard node --config node.yaml`;

interface NodeOptions extends NodeFlags {
  readonly config?: string;
  readonly network?: string;
  readonly dataDir?: string;
  readonly exitWithStdin?: boolean;
  readonly reindex?: boolean;
  readonly json?: boolean;
}

export function addNode(program: Command): void {
  withJson(program.command("node"))
    .description("run a single node in the foreground, for instance one more beside a devnet")
    .option("--config <file>", "config of the node, YAML or JSON; instead of the flags below")
    .option("--network <name>", "mainnet, testnet, testnet4, signet, regtest or devnet")
    .option("--data-dir <folder>", "where chain, wallets and identity are kept")
    .option("--node-name <name>", "shown to peers and in mined blocks (default: node)")
    .option("--rpc-port <port>", "port of the RPC on 127.0.0.1 (default: any free one)")
    .option("--p2p-port <port>", "port for peers (default: any free one)")
    .option("--p2p-host <ip>", "where peers are listened for; 0.0.0.0 for all interfaces (default: 127.0.0.1)")
    .option("--connect <address...>", "multiaddrs of peers to stay connected with")
    .option("--mdns", "find nodes of the same chain on the local network, and be found")
    .option("--mine <rate>", "mine in the background, so many hashes a second; needs --pay-to")
    .option("--pay-to <address>", "who gets the rewards of mined blocks")
    .option("--db-cache <megabytes>", "memory for coins that are not on the disk yet (default: 64)")
    .option("--reindex", "build index and coins anew from the stored blocks first")
    .option("--exit-with-stdin", "end when standard input ends")
    .addHelpText("after", EXAMPLES)
    .action(async (options: NodeOptions) => {
      // The node brings libp2p and the database with it: loaded only here, so that other commands start fast.
      const { readNodeConfig, parseNodeConfig } = await import("@forkyard/node/config");
      const { runNode } = await import("@forkyard/node/process/run-node");
      const source = configSource(options);
      const config =
        "file" in source ? await readNodeConfig(source.file) : parseNodeConfig(source.document, "the command line");
      process.exitCode = await runNode(config, {
        exitWithStdin: options.exitWithStdin === true,
        reindex: options.reindex === true,
      });
    });
}

/** A config file, or what the flags say in its form. */
function configSource(options: NodeOptions): { readonly file: string } | { readonly document: object } {
  const { config, network, dataDir, exitWithStdin: _stdin, reindex: _reindex, json: _json, ...flags } = options;
  if (config !== undefined) {
    if (network !== undefined || dataDir !== undefined || Object.keys(flags).length > 0) {
      throw new InputError("--config says everything: leave the other flags out");
    }
    return { file: config };
  }
  if (network === undefined || dataDir === undefined) {
    throw new InputError("a node needs --config FILE, or --network NAME and --data-dir FOLDER");
  }
  return { document: { network, dataDir: resolve(dataDir), ...nodeDocument(flags) } };
}
