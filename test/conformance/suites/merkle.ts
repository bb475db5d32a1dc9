import assert from "node:assert/strict";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { isMutation } from "@forkyard/consensus/rules/codes";
import { RuleError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { blockFromHex } from "../support/framed-blocks.ts";
import type { Case, Suite, VectorFile } from "../support/suite.ts";

interface Malleation {
  readonly base_block_hash: string;
  readonly block_raw: string;
  readonly valid: boolean;
}

export const malleations: Suite = { files: /^merkle-filters\/merkle-malleation-derived\.json$/, cases };

/** Repeated transactions under a true header are a mutation (CVE-2012-2459); the true body is still fine. */
function* cases(file: VectorFile): Iterable<Case> {
  const params = { ...networkByName("mainnet"), powLimit: 1n << 255n };
  for (const { base_block_hash: hash, block_raw: raw, valid } of file.json<readonly Malleation[]>()) {
    yield {
      name: `${hash}, ${valid ? "true body" : "repeated transactions"}`,
      check: () => {
        const block = blockFromHex(raw);
        assert.equal(block.hash, hash);
        if (valid) checkBlock(block, params);
        else
          assert.throws(
            () => checkBlock(block, params),
            (error) => error instanceof RuleError && isMutation(error),
          );
      },
    };
  }
}
