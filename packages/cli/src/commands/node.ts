import { resolve } from "node:path";
import { InputError } from "@forkyard/core/errors";
import type { Command } from "commander";
import { withJson } from "../context.ts";

const EXAMPLES = `
The node prints one line of JSON when it is ready and logs on standard error; SIGINT or SIGTERM ends it cleanly.

Examples:
  forkyard node --network devnet --data-dir ./sixth --connect /ip4/127.0.0.1/tcp/18444
  forkyard node --config node.yaml`;

interface NodeOptions {
  readonly config?: string;
  readonly network?: string;
  readonly dataDir?: string;
  readonly nodeName?: string;
  readonly rpcPort?: string;
  readonly p2pPort?: string;
  readonly connect?: readonly string[];
  readonly exitWithStdin?: boolean;
  readonly reindex?: boolean;
  readonly dbCache?: string;
}

export function addNode(program: Command): void {
  withJson(program.command("node"))
    .description("run a single node in the foreground, for instance one more beside a devnet")
    .option("--config <file>", "config of the node, YAML or JSON; instead of the flags below")
    .option("--network <name>", "mainnet, testnet, testnet4, signet, regtest or devnet")
    .option("--data-dir <folder>", "where chain, wallets and identity are kept")
    .option("--node-name <name>", "shown to peers and in mined blocks (default: node)")
    .option("--rpc-port <port>", "port of the RPC on 127.0.0.1 (default: any free one)")
    .option("--p2p-port <port>", "port for peers on 127.0.0.1 (default: any free one)")
    .option("--connect <address...>", "multiaddrs of peers to stay connected with")
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
        "file" in source ? readNodeConfig(source.file) : parseNodeConfig(source.document, "the command line");
      process.exitCode = await runNode(config, {
        exitWithStdin: options.exitWithStdin === true,
        reindex: options.reindex === true,
      });
    });
}

/** A config file, or what the flags say in its form. */
function configSource(options: NodeOptions): { readonly file: string } | { readonly document: object } {
  const { config, network, dataDir, nodeName, rpcPort, p2pPort, connect, dbCache } = options;
  if (config !== undefined) {
    const flags = [network, dataDir, nodeName, rpcPort, p2pPort, connect, dbCache];
    const others = flags.filter((value) => value !== undefined);
    if (others.length > 0) throw new InputError("--config says everything: leave the other flags out");
    return { file: config };
  }
  if (network === undefined || dataDir === undefined) {
    throw new InputError("a node needs --config FILE, or --network NAME and --data-dir FOLDER");
  }
  const document = {
    network,
    dataDir: resolve(dataDir),
    ...(nodeName === undefined ? {} : { name: nodeName }),
    p2p: { port: portOf("--p2p-port", p2pPort), staticPeers: connect ?? [] },
    rpc: { port: portOf("--rpc-port", rpcPort) },
    ...(dbCache === undefined ? {} : { database: { cacheMegabytes: megabytesOf(dbCache) } }),
  };
  return { document };
}

/** @returns the port, 0 (any free one) when none was given */
function portOf(flag: string, text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,5}$/.test(text)) throw new InputError(`${flag} ${JSON.stringify(text)}: give a port number`);
  return Number(text);
}

/** Out of range is for the configuration to say. */
function megabytesOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InputError(`--db-cache ${JSON.stringify(text)}: give a number of megabytes`);
  return Number(text);
}
