/** Every file of the public vectors as a test; `pnpm conformance` runs the same suites. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { runFile } from "./support/run-file.ts";
import { defaultVectorFolder, vectorFiles } from "./support/vector-folder.ts";

const folder = defaultVectorFolder();

describe("conformance vectors", {
  skip: existsSync(folder) ? false : "no conformance data: set FORKYARD_VECTORS",
}, () => {
  for (const file of existsSync(folder) ? vectorFiles(folder) : []) {
    test(file.path, (t) => {
      const { passed, failures, skips } = runFile(file);
      assert.deepEqual(failures, []);
      t.diagnostic(`${passed} passed, ${skips.length} skipped`);
      for (const reason of new Set(skips.map((skip) => skip.reason))) t.diagnostic(`skipped: ${reason}`);
    });
  }
});
