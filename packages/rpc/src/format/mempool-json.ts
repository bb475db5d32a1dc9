import type { Txid } from "@forkyard/core/hash";
import { coins, type JsonObject } from "../json/json.ts";
import type { MempoolApi, MempoolEntryView } from "../node-api.ts";

/** Highest sequence that asks to be replaceable (BIP125). */
const MAX_BIP125_SEQUENCE = 0xfffffffd;

/** An entry as `getmempoolentry` shows it. */
export function mempoolEntryJson(mempool: MempoolApi, entry: MempoolEntryView): JsonObject {
  const { tx, fee } = entry;
  const ancestors = present(mempool, mempool.ancestors(tx.txid));
  const descendants = present(mempool, mempool.descendants(tx.txid));
  const parents = new Set(tx.inputs.map((input) => input.prevout.txid));
  return {
    vsize: tx.virtualSize,
    weight: tx.weight,
    time: Math.floor(entry.timeMs / 1000),
    height: entry.height,
    descendantcount: descendants.length + 1,
    descendantsize: totalSize([entry, ...descendants]),
    ancestorcount: ancestors.length + 1,
    ancestorsize: totalSize([entry, ...ancestors]),
    wtxid: tx.wtxid,
    fees: {
      base: coins(fee),
      modified: coins(fee),
      ancestor: coins(totalFee([entry, ...ancestors])),
      descendant: coins(totalFee([entry, ...descendants])),
    },
    depends: ancestors.map((ancestor) => ancestor.tx.txid).filter((txid) => parents.has(txid)),
    spentby: descendants
      .filter((descendant) => descendant.tx.inputs.some((input) => input.prevout.txid === tx.txid))
      .map((descendant) => descendant.tx.txid),
    "bip125-replaceable": [entry, ...ancestors].some(asksToBeReplaceable),
  };
}

function asksToBeReplaceable({ tx }: MempoolEntryView): boolean {
  return tx.inputs.some((input) => input.sequence <= MAX_BIP125_SEQUENCE);
}

function present(mempool: MempoolApi, txids: readonly Txid[]): MempoolEntryView[] {
  return txids.map((txid) => mempool.entry(txid)).filter((entry) => entry !== undefined);
}

function totalSize(entries: readonly MempoolEntryView[]): number {
  return entries.reduce((sum, { tx }) => sum + tx.virtualSize, 0);
}

function totalFee(entries: readonly MempoolEntryView[]): bigint {
  return entries.reduce((sum, { fee }) => sum + fee, 0n);
}
