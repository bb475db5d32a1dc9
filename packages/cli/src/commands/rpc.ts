import type { RemoteNode } from "@forkyard/devnet/remote/remote-node";
import type { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import type { Command } from "commander";
import { type DevnetOptions, outputOf, withDevnet, withRunningDevnet } from "../context.ts";
import { rpcParameter } from "./rpc-parameters.ts";

const EXAMPLES = `
Examples:
  forkyard rpc getblockchaininfo
  forkyard rpc help getblock
  forkyard rpc getblockhash 1 --node node2
  forkyard rpc getbalances --wallet alice
  forkyard rpc --node 3 -- getblock 0f9188f1… 2      after "--", words that begin with a hyphen are parameters`;

interface RpcOptions extends DevnetOptions {
  readonly node?: string;
  readonly wallet?: string;
}

export function addRpc(program: Command): void {
  withDevnet(program.command("rpc"))
    .description("call any RPC method of a node and print its result")
    .argument("<method>", 'such as getblockchaininfo; "help" lists them')
    .argument("[params...]", "JSON where it looks like JSON, else strings")
    .option("--node <node>", "name or number (default: the wallet's node, else the first)")
    .option("--wallet <wallet>", "the wallet that the call is for")
    .addHelpText("after", EXAMPLES)
    .action(async (method: string, words: readonly string[], options: RpcOptions) => {
      const output = outputOf(options);
      await withRunningDevnet(options, async (devnet) => {
        const node = targetOf(devnet, options);
        const wallet = options.wallet === undefined ? {} : { wallet: options.wallet };
        const result = await node.call(method, words.map(rpcParameter), wallet);
        output.result(result, () => [typeof result === "string" ? result : JSON.stringify(result, undefined, 2)]);
      });
    });
}

function targetOf(devnet: RunningDevnet, { node, wallet }: RpcOptions): RemoteNode {
  if (node !== undefined) return devnet.runningNode(node);
  return wallet === undefined ? devnet.runningNode("1") : devnet.walletHost(wallet);
}
