import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The commit that this program was started from, when it lies in a clone. */
export function commit(): string | undefined {
  const folder = fileURLToPath(new URL("../../../..", import.meta.url));
  const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8", timeout: 5_000 });
  const hash = status === 0 ? stdout.trim() : "";
  return /^[0-9a-f]{40,64}$/.test(hash) ? hash : undefined;
}
