/**
 * Loads the modules of a node and of the first commands that a newcomer uses. Node keeps what it stripped and compiled
 * (NODE_COMPILE_CACHE), so the first start after an installation is as quick as the next. `bin/install.mjs` runs it.
 */
import { spawnSync } from "node:child_process";
import { nodeProgram } from "./up/node-program.ts";

await Promise.all([
  import("@forkyard/devnet/bootstrap/bootstrap"),
  import("@forkyard/devnet/observe/status"),
  import("@forkyard/devnet/pay"),
  import("@forkyard/devnet/reorg/reorg"),
  import("@forkyard/lab/run/run-scenario"),
  import("@forkyard/lab/run/simulated-worlds"),
  import("@forkyard/node/config"),
  import("@forkyard/node/process/run-node"),
  import("./program.ts"),
  import("./up/detached.ts"),
  import("./up/foreground.ts"),
  import("./up/supervised.ts"),
]);

// Without a configuration it says how it is used, and ends; it was loaded whole.
const { command, parameters } = await nodeProgram();
spawnSync(command, [...parameters], { stdio: "ignore" });
