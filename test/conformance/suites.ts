import { expandedScriptTests, scriptTests } from "./suites/script-tests.ts";
import { taprootAssets } from "./suites/taproot-assets.ts";
import { invalidTransactions, largeTransactions, realTransactions, validTransactions } from "./suites/transactions.ts";
import type { SkippedFiles, Suite } from "./support/suite.ts";

/** Every kind of file that is run. */
export const SUITES: readonly Suite[] = [
  scriptTests,
  expandedScriptTests,
  validTransactions,
  invalidTransactions,
  realTransactions,
  largeTransactions,
  taprootAssets,
];

/** Files that are not run, and why. */
export const SKIPPED_FILES: readonly SkippedFiles[] = [
  { files: /^(INDEX\.md|LICENSES\.md|SHA256SUMS)$/, reason: "about the data, no cases" },
];
