import type { Block } from "@forkyard/core/block";
import type { RuleError } from "@forkyard/core/errors";
import type { ScriptJob, ScriptRunner, TransactionScripts } from "../scripts/script-runner.ts";

/** Hands the scripts of a block over in one go. */
export function runScripts(
  runner: ScriptRunner,
  block: Block,
  scripts: Iterable<TransactionScripts>,
  done: (failure: RuleError | undefined) => void,
): ScriptJob {
  const job = runner.open(block);
  for (const transaction of scripts) job.add(transaction);
  job.finish(done);
  return job;
}
