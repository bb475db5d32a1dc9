/** The node program: `bin.ts --config FILE [--exit-with-stdin]`. */
import { parseArgs } from "node:util";
import { InputError } from "@forkyard/core/errors";
import { readNodeConfig } from "./config.ts";
import { runNode } from "./process/run-node.ts";

const USAGE = "usage: node bin.ts --config FILE [--exit-with-stdin]";

try {
  const { values } = parseArgs({
    options: { config: { type: "string" }, "exit-with-stdin": { type: "boolean", default: false } },
  });
  if (values.config === undefined) throw new InputError(USAGE);
  process.exit(await runNode(readNodeConfig(values.config), { exitWithStdin: values["exit-with-stdin"] }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}
