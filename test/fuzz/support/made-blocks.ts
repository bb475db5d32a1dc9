import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import { buildBlock, inputOf, payment } from "@forkyard/consensus/testing/build-block";
import { keySpends } from "@forkyard/consensus/testing/key-spends";
import type { Block } from "@forkyard/core/block";
import { networkByName } from "@forkyard/core/params/networks";

/** A few regtest blocks, well-formed and mined, with and without witnesses, as examples to change. */
export function madeBlocks(): readonly Block[] {
  const regtest = networkByName("regtest");
  const parent = genesisEntry(regtest);
  const spends = keySpends(3).map(({ tx }) => tx);
  const inputs = [...regtest.genesis.txs, ...spends].map(({ txid }, index) => inputOf(txid, index));
  const plain = payment(inputs, [1n, 2n]);
  return [
    regtest.genesis,
    buildBlock(parent, regtest),
    buildBlock(parent, regtest, { txs: [plain] }),
    buildBlock(parent, regtest, { txs: spends }),
    buildBlock(parent, regtest, { txs: [plain, ...spends] }),
  ];
}
