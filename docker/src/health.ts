/** The image's health check: exit code 0 when every node in this container answers over RPC, mining as it should. */
import { join } from "node:path";
import { devnetFolder } from "@forkyard/devnet/folder/layout";
import { type NodeState, readState, runningState } from "@forkyard/devnet/folder/state-file";
import { connectNode } from "@forkyard/devnet/remote/connect-node";
import { P2P_PORT, RPC_PORT } from "./limits.ts";

try {
  const folder = devnetFolder({}, process.env);
  // "forkyard node" alone leaves no state: the image's README says which folder and port it takes then.
  const nodes = readState(folder) === undefined ? [loneNode()] : runningState(folder).nodes;
  await Promise.all(nodes.map(ask));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function ask(state: NodeState): Promise<void> {
  const node = connectNode(state);
  try {
    const { name, height, peers } = await node.status();
    process.stdout.write(`${name}: height ${height}, ${peers} peers\n`);
  } finally {
    node.close();
  }
}

function loneNode(): NodeState {
  const path = join(process.env["FORKYARD_HOME"] ?? ".", "node");
  return {
    name: "node",
    rpcPort: RPC_PORT,
    p2pPort: P2P_PORT,
    rpc: `http://127.0.0.1:${RPC_PORT}`,
    cookieFile: join(path, ".cookie"),
    logFile: join(path, "node.log"),
    hashShare: 0,
    hashRate: 0,
    wallets: [],
    neighbours: [],
  };
}
