import { InputError } from "@forkyard/core/errors";
import type { DevnetPlan } from "@forkyard/devnet/config/plan-devnet";
import type { Command } from "commander";
import { type DevnetOptions, folderOf, outputOf, sameDevnet, withDevnet } from "../context.ts";

const EXAMPLES = `
Wallets: alice on node1, bob on node2, merchant on node3, miner1 … one on each node. On the first start a block is mined
for each of them and 100 on top, at full power: after that its reward may be spent, by Bitcoin's own rule.

Examples:
  forkyard up
  forkyard up --nodes 3 --network regtest --detach
  forkyard up --config configs/devnets/uneven.yaml --name uneven --port-base 20000`;

interface UpOptions extends DevnetOptions {
  readonly nodes?: string;
  readonly network?: string;
  readonly config?: string;
  readonly hashRate?: string;
  readonly portBase?: string;
  readonly detach?: boolean;
  readonly supervised?: boolean;
}

export function addUp(program: Command): void {
  const command = withDevnet(program.command("up"))
    .description("start a devnet: so many node processes, linked, mining, with funded wallets")
    .option("--nodes <count>", "how many nodes (default: 5)")
    .option("--network <name>", "devnet (a block every 5 s, retargeted) or regtest (bitcoind's) (default: devnet)")
    .option("--config <file>", "devnet file, YAML or JSON; see configs/devnets")
    .option("--hash-rate <number>", "hashes a second of all nodes together")
    .option("--port-base <port>", "RPC port of the first node; the others follow in steps of 10 (default: 18443)")
    .option("--detach", "return when all nodes are ready; they go on in the background")
    .addHelpText("after", EXAMPLES);
  command.addOption(command.createOption("--supervised").hideHelp()).action(async (options: UpOptions) => {
    const folder = folderOf(options);
    const output = outputOf(options);
    const plan = await planOf(options);
    if (options.supervised === true) await (await import("../up/supervised.ts")).runSupervised(folder, plan);
    else if (options.detach === true)
      await (await import("../up/detached.ts")).startDetached(folder, output, sameDevnet(options));
    else
      await (await import("../up/foreground.ts")).runInForeground({ folder, plan, output, which: sameDevnet(options) });
  });
}

async function planOf(options: UpOptions): Promise<DevnetPlan> {
  const { loadDevnetConfig } = await import("@forkyard/devnet/config/load-config");
  const { planDevnet } = await import("@forkyard/devnet/config/plan-devnet");
  const overrides = {
    ...numberOption("--nodes", "nodes", options.nodes),
    ...numberOption("--hash-rate", "hashRate", options.hashRate),
    ...numberOption("--port-base", "portBase", options.portBase),
    ...(options.network === undefined ? {} : { network: options.network }),
  };
  return planDevnet(loadDevnetConfig(options.config, overrides));
}

function numberOption<K extends string>(
  flag: string,
  key: K,
  text: string | undefined,
): { readonly [P in K]?: number } {
  if (text === undefined) return {};
  if (!/^\d{1,15}(\.\d{1,15})?$/.test(text)) throw new InputError(`${flag} ${JSON.stringify(text)}: give a number`);
  return { [key]: Number(text) } as { readonly [P in K]?: number };
}
