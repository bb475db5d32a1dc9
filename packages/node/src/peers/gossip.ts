import { workOfBits } from "@forkyard/consensus/rules/target";
import type { Block } from "@forkyard/core/block";
import { DecodeError, RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { Transaction } from "@forkyard/core/tx";
import type { PeerId, Verdict } from "@forkyard/network/transport/transport";
import type { BlockVerdict } from "../chain/block-verdict.ts";
import type { Chain } from "../chain/chain.ts";
import type { TransactionIntake } from "../mempool/transaction-intake.ts";
import { blameForTransaction } from "../pipeline/blame.ts";
import { leastWork } from "../pipeline/least-work.ts";
import { decodeGossipedBlock, relayDecision } from "../pipeline/relay.ts";

export interface GossipParts {
  readonly chain: Chain;
  readonly transactions: TransactionIntake;
  readonly nowSeconds: () => number;
  /** Bytes or blocks that no honest node would have sent on. */
  readonly blame: (peer: PeerId, reason: string) => void;
  readonly unknownParent: (peer: PeerId, block: BlockHash) => void;
}

/**
 * A gossiped block: taken into the chain.
 * @param answer called once, possibly before this returns: says whether the block goes on to our peers
 */
export function takeGossipedBlock(
  payload: Uint8Array,
  from: PeerId,
  parts: GossipParts,
  answer: (verdict: Verdict) => void,
): void {
  const block = decodeGossipedBlock(payload, (bytes) => parts.chain.decodeBlock(bytes));
  if (block === undefined) {
    parts.blame(from, "undecodable block");
    answer("reject");
    return;
  }
  if (hasTooLittleWork(block, parts.chain)) {
    answer("ignore");
    return;
  }
  const decided = (verdict: BlockVerdict): void => {
    const decision = relayDecision(verdict, parts.chain.tip);
    if (decision.verdict === "reject") parts.blame(from, decision.reason ?? "invalid block");
    if (decision.askForHeaders !== undefined) parts.unknownParent(from, block.hash);
    answer(decision.verdict);
  };
  parts.chain.takeBlock(block, parts.nowSeconds(), decided, payload);
}

/** A gossiped transaction: taken into the mempool; the answer says whether it goes on to our peers. */
export function takeGossipedTransaction(payload: Uint8Array, from: PeerId, parts: GossipParts): Verdict {
  try {
    const result = parts.transactions.accept(Transaction.fromBytes(payload), from);
    return result.status === "accepted" ? "accept" : "ignore";
  } catch (error) {
    if (!(error instanceof DecodeError) && !(error instanceof RuleError)) throw error;
    const verdict = error instanceof DecodeError ? "reject" : blameForTransaction(error);
    if (verdict === "reject") parts.blame(from, error.message);
    return verdict;
  }
}

/** A new block far behind our chain: not worth keeping until headers show that its branch leads somewhere. */
function hasTooLittleWork({ hash, header }: Block, chain: Chain): boolean {
  const parent = chain.tree.get(header.prevHash);
  if (parent === undefined || chain.tree.has(hash)) return false;
  return parent.chainWork + workOfBits(header.bits) < leastWork(chain.tip);
}
