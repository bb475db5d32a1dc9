import { createServer } from "node:net";
import { InputError } from "@forkyard/core/errors";
import type { DevnetPlan } from "../config/plan-devnet.ts";

const LOOPBACK = "127.0.0.1";

/** @throws InputError naming the first port of the plan that another program listens on */
export async function requireFreePorts(plan: DevnetPlan): Promise<void> {
  for (const node of plan.nodes) {
    for (const [port, use] of [
      [node.rpcPort, "RPC"],
      [node.p2pPort, "p2p"],
    ] as const) {
      const problem = await tryListen(port);
      if (problem === undefined) continue;
      const why = problem === "EADDRINUSE" ? "is taken by another program" : `cannot be opened (${problem})`;
      throw new InputError(
        `port ${port} on ${LOOPBACK} ${why}, and ${node.name} needs it for ${use}: choose others with --port-base`,
      );
    }
  }
}

/** Listens for a moment. @returns the system's error code when that fails */
function tryListen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
