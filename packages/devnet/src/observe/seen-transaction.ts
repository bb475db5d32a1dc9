import type { RemoteNode } from "../remote/remote-node.ts";
import type { NetWatch } from "./net-watch.ts";
import { TimeLimitError } from "./time-limit-error.ts";

/**
 * Waits until a transaction is in a node's mempool, or was and has been mined.
 * @throws TimeLimitError after `limitMs`
 */
export async function hasInMempool(watch: NetWatch, node: RemoteNode, txid: string, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const events = watch.eventsOf(node.name);
    if (await sees(node, watch.tips.get(node.name), txid)) return;
    const left = deadline - performance.now();
    const news = left > 0 && (await watch.within(() => watch.eventsOf(node.name) > events, left));
    if (!news) throw new TimeLimitError(`${txid} did not reach ${node.name} within ${limitMs / 1000} s`);
  }
}

async function sees(node: RemoteNode, tip: string | undefined, txid: string): Promise<boolean> {
  if ((await node.mempool()).includes(txid)) return true;
  if (tip === undefined) return false;
  const block = await node.block(tip);
  return block.txs.some((tx) => tx.txid === txid);
}
