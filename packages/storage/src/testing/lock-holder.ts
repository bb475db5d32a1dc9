import { writeSync } from "node:fs";
import { lockDataFolder } from "../data-folder-lock.ts";

/** Takes the data folder named on the command line, says so, and stays until it is killed. */
lockDataFolder(process.argv[2] ?? "");
writeSync(1, "locked\n");
process.stdin.resume();
