import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds `packages` and `test`. */
export const repositoryRoot: string = dirname(dirname(fileURLToPath(import.meta.url)));
