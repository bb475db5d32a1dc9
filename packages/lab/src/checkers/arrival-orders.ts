import type { Block } from "@forkyard/core/block";
import { AssertionFault, assert } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Curve } from "@forkyard/core/ports/curve";
import { Chain } from "@forkyard/node/chain/chain";
import type { ChainListener } from "@forkyard/node/chain/chain-events";
import { loadChainStart } from "@forkyard/node/chain/load-chain";
import type { ScriptRunner } from "@forkyard/node/scripts/script-runner";
import type { RandomStream } from "../world/sim/random/stream.ts";
import { SharedObjects } from "../world/sim/store/shared-objects.ts";
import { SimChainStore } from "../world/sim/store/sim-chain-store.ts";
import type { ReferenceChain } from "./reference/reference-chain.ts";
import { type Violation, violation } from "./violation.ts";

const DEAF: ChainListener = { chainChanged: () => {}, sideBlock: () => {}, blockInvalid: () => {} };
/** Rounds after which nothing can have become acceptable that was not before: longer than any random world's chain. */
const MAX_ROUNDS = 500;

export interface ArrivalParts {
  readonly params: NetworkParams;
  readonly curve: Curve;
  readonly scripts: ScriptRunner;
  readonly reference: ReferenceChain;
}

/**
 * Gives all blocks of a world, with all the bodies that went about, to an empty chain in a random order, the ones that
 * came before their parents again later. It must end with the most work that the reference finds valid, and hold no
 * valid block for invalid.
 */
export async function checkArrivalOrder(random: RandomStream, parts: ArrivalParts): Promise<Violation | undefined> {
  const { params, curve, scripts, reference } = parts;
  const store = new SimChainStore(new SharedObjects());
  const start = await loadChainStart(params, store);
  const chain = new Chain({ params, store, curve, scripts, listener: DEAF, storageFailed: failed }, start);
  let waiting = shuffled([...reference.bodies()].flat(), random);
  const nowSeconds = Math.max(...waiting.map(({ header }) => header.time), 0);
  for (let round = 0; waiting.length > 0 && round < MAX_ROUNDS; round++) {
    const left = waiting.filter((block) => !takes(chain, block, nowSeconds));
    if (left.length === waiting.length) break;
    waiting = left;
  }
  return judgeEnd(chain, reference);
}

/** False when it came before its parent. */
function takes(chain: Chain, block: Block, nowSeconds: number): boolean {
  let early = false;
  chain.takeBlock(block, nowSeconds, ({ kind }) => {
    early = kind === "unknown-parent";
  });
  return !early;
}

function judgeEnd(chain: Chain, reference: ReferenceChain): Violation | undefined {
  const tip = reference.judge(chain.tip.hash);
  if (tip?.valid !== true) return violation("verdicts", undefined, `in another order ${chain.tip.hash} was connected`);
  for (const [body] of reference.bodies()) {
    const judged = body && reference.judge(body.hash);
    if (body === undefined || judged?.valid !== true) continue;
    const status = chain.tree.get(body.hash)?.status;
    if (status === "invalid" || status === undefined) {
      return violation("verdicts", undefined, `in another order ${body.hash} was ${status ?? "not taken"}`);
    }
    if (judged.work > tip.work) {
      const text = `in another order the tip has work ${tip.work}, and ${body.hash} has ${judged.work}`;
      return violation("most-work", undefined, text);
    }
  }
  return undefined;
}

/** Fisher–Yates. */
function shuffled<T>(items: readonly T[], random: RandomStream): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const [a, b] = [order[last], order[other]];
    assert(a !== undefined && b !== undefined, "both places are in the list");
    order[last] = b;
    order[other] = a;
  }
  return order;
}

function failed(error: unknown): never {
  throw error instanceof Error ? error : new AssertionFault(String(error));
}
