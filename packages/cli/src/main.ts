import { EXIT_OK, failureOf } from "./exit-code.ts";
import { buildProgram } from "./program.ts";
import { tellFailure } from "./up/supervisor-message.ts";

// A reader that has seen enough (`forkyard logs | head`) closes the pipe: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT_OK);
  throw error;
});

const exitCode = await run(process.argv.slice(2));
// A command may have set its own.
process.exitCode ??= exitCode;

/** Runs one command. @returns the exit code */
async function run(words: readonly string[]): Promise<number> {
  try {
    await buildProgram().parseAsync([...words], { from: "user" });
    return EXIT_OK;
  } catch (error) {
    const failure = failureOf(error);
    // `up --detach` waits to hear why the supervisor in the background could not start.
    tellFailure(error);
    if (failure.message !== undefined) {
      process.stderr.write(`forkyard: ${failure.message}\n`);
      if (words.includes("--json")) {
        const code = failure.code === undefined ? {} : { code: failure.code };
        process.stdout.write(`${JSON.stringify({ error: { ...code, message: failure.message } })}\n`);
      }
    }
    return failure.exitCode;
  } finally {
    if (process.connected) process.disconnect();
  }
}
