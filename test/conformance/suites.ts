import { blockFacts, singleBlocks, spentOutputs } from "./suites/blocks.ts";
import { framedChains, headerChains, headerFacts, headerForks, reorganisations } from "./suites/chains.ts";
import { base58Strings, bech32Strings, extendedKeys, invalidKeys, validKeys } from "./suites/encodings.ts";
import { blockFilters, bloomFilters, merkleBlocks, sipHashes } from "./suites/filters.ts";
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
  sipHashes,
  bloomFilters,
  blockFilters,
  merkleBlocks,
  base58Strings,
  validKeys,
  invalidKeys,
  bech32Strings,
  extendedKeys,
];

/** Files that are not run, and why. */
export const SKIPPED_FILES: readonly SkippedFiles[] = [
  { files: /^(INDEX\.md|LICENSES\.md|SHA256SUMS)$/, reason: "about the data, no cases" },
  {
    files: /^encoding\/.*psbt.*\.json$/,
    reason: "partially signed transactions (BIP174, BIP370, BIP371) are not built yet",
  },
  { files: /^encoding\/bip39/, reason: "wallets have no mnemonics (BIP39) yet" },
  { files: /^encoding\/bip67/, reason: "wallets have no multisignature scripts (BIP67)" },
  { files: /^p2p\/compact-blocks\.json$/, reason: "compact blocks (BIP152) are not spoken: blocks travel over libp2p" },
  { files: /^p2p\/bip324-/, reason: "version 2 transport (BIP324) is not spoken: links are libp2p's" },
];
