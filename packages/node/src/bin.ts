/** The node program: `bin.ts --config FILE [--reindex] [--exit-with-stdin]`. */
import { parseArgs } from "node:util";
import { InputError } from "@forkyard/core/errors";
import { readNodeConfig } from "./config.ts";
import { runNode } from "./process/run-node.ts";

const USAGE = "usage: node bin.ts --config FILE [--reindex] [--exit-with-stdin]";
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

try {
  const { config, ...options } = readArguments();
  process.exit(await runNode(await readNodeConfig(config), options));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof InputError ? EXIT_USAGE : EXIT_FAILED);
}

function readArguments(): { config: string; exitWithStdin: boolean; reindex: boolean } {
  const flag = { type: "boolean", default: false } as const;
  const options = { config: { type: "string" }, reindex: flag, "exit-with-stdin": flag } as const;
  const values = parsed(() => parseArgs({ options }).values);
  if (values.config === undefined) throw new InputError(USAGE);
  return { config: values.config, exitWithStdin: values["exit-with-stdin"], reindex: values.reindex };
}

/** Node's parser throws a TypeError with a good message for what a person mistyped. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof TypeError ? new InputError(`${error.message}; ${USAGE}`) : error;
  }
}
