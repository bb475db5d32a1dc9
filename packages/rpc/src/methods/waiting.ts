/** Calls that answer when the tip has changed (bitcoind `waitfornewblock` and its sisters). */
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";
import { MISC_ERROR, RpcError } from "../errors.ts";
import type { JsonObject } from "../json/json.ts";
import { MAX_WAIT_MS } from "../limits.ts";
import { type CallContext, type Method, method } from "../method.ts";
import { hash, integer, optional, required } from "../params.ts";

const group = "Blockchain";
const timeout = optional(integer, 0, "Milliseconds to wait at most; 0 for as long as the node allows");

const waitForNewBlock = method({
  name: "waitfornewblock",
  group,
  about: "Answers with the tip once it is another one than now, or than `current_tip`.",
  params: { timeout, current_tip: optional(hash<BlockHash>(), undefined, "The tip the caller knows") },
  handle: ({ timeout: timeoutMs, current_tip: currentTip }, context) => {
    const known = currentTip ?? context.node.chain.tip().hash;
    return waitForTip(context, timeoutMs, (tip) => tip.hash !== known);
  },
});

const waitForBlock = method({
  name: "waitforblock",
  group,
  about: "Answers with the tip once it is this block.",
  params: { blockhash: required(hash<BlockHash>(), "The block to wait for"), timeout },
  handle: ({ blockhash, timeout: timeoutMs }, context) =>
    waitForTip(context, timeoutMs, (tip) => tip.hash === blockhash),
});

const waitForBlockHeight = method({
  name: "waitforblockheight",
  group,
  about: "Answers with the tip once it is at least this high.",
  params: { height: required(integer, "The height to wait for"), timeout },
  handle: ({ height, timeout: timeoutMs }, context) => waitForTip(context, timeoutMs, (tip) => tip.height >= height),
});

/** Looks at the tip now and at every event; gives the tip as it is when the time is over or the caller is gone. */
async function waitForTip(
  { node, signal }: CallContext,
  timeoutMs: number,
  reached: (tip: ChainEntry) => boolean,
): Promise<JsonObject> {
  if (timeoutMs < 0) throw new RpcError(MISC_ERROR, "Negative timeout");
  if (!reached(node.chain.tip())) {
    const waitMs = timeoutMs === 0 ? MAX_WAIT_MS : Math.min(timeoutMs, MAX_WAIT_MS);
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        unsubscribe();
        cancelTimer();
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const unsubscribe = node.events.subscribe(() => {
        if (reached(node.chain.tip())) finish();
      });
      const cancelTimer = node.timers.after(waitMs, finish);
      signal.addEventListener("abort", finish, { once: true });
    });
  }
  const tip = node.chain.tip();
  return { hash: tip.hash, height: tip.height };
}

export const waitingMethods: readonly Method[] = [waitForNewBlock, waitForBlock, waitForBlockHeight];
