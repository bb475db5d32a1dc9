import { blockFacts, singleBlocks, spentOutputs } from "./suites/blocks.ts";
import { framedChains, headerChains, headerFacts, headerForks, reorganisations } from "./suites/chains.ts";
import { malleations } from "./suites/merkle.ts";
import { expandedScriptTests, scriptTests } from "./suites/script-tests.ts";
import {
  canonicalSignatures,
  ecdsaSignatures,
  legacySighashes,
  otherSignatures,
  schnorrSignatures,
  scriptNumbers,
  segwitSighashes,
} from "./suites/signatures.ts";
import { taprootAssets } from "./suites/taproot-assets.ts";
import { taprootWallet } from "./suites/taproot-wallet.ts";
import { chainWork, compactTargets, genesisBlocks, networkFacts, retargets } from "./suites/targets.ts";
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
  legacySighashes,
  segwitSighashes,
  schnorrSignatures,
  ecdsaSignatures,
  canonicalSignatures,
  otherSignatures,
  scriptNumbers,
  taprootAssets,
  taprootWallet,
  blockFacts,
  singleBlocks,
  spentOutputs,
  framedChains,
  reorganisations,
  headerChains,
  headerFacts,
  headerForks,
  compactTargets,
  retargets,
  chainWork,
  genesisBlocks,
  networkFacts,
  malleations,
];

/** Files that are not run, and why. */
export const SKIPPED_FILES: readonly SkippedFiles[] = [
  { files: /^(INDEX\.md|LICENSES\.md|SHA256SUMS)$/, reason: "about the data, no cases" },
];
