import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import { checkVersion } from "@forkyard/consensus/rules/accept-header";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { connectBlock } from "@forkyard/consensus/rules/connect-block";
import { scriptChecks } from "@forkyard/consensus/rules/script/script-check";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { type Block, blockFromBytes, blockWeight } from "@forkyard/core/block";
import type { Coin, CoinReader } from "@forkyard/core/coins";
import { networkByName } from "@forkyard/core/params/networks";
import type { Curve } from "@forkyard/core/ports/curve";
import { type OutPoint, outPointKey } from "@forkyard/core/tx";
import { placeBlock } from "./place-block.ts";
import { bytesOf, type Fields, fieldsOf, listOf, satoshisOf, txidOf, u32Of } from "./request-fields.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** Names that bitcoind and others use. */
const NETWORK_ALIASES: ReadonlyMap<string, string> = new Map([
  ["main", "mainnet"],
  ["test", "testnet"],
  ["testnet3", "testnet"],
]);

/**
 * Whether a block is valid at a height of a network, as far as that can be told without the chain before it: not looked
 * at are the bits that the chain demands, repeated txids (BIP30), and locks whose times are not given.
 * @param request `{ network, height, block, spent, medianTime }` as it came from JSON. `spent` holds what the inputs
 * spend: `{ tx, input }` (positions in the block) or `{ txid, vout }`, and `value`, `script`, and where known `height`,
 * `coinbase`, `mtp_before` (median time past of the block before the one that made the coin); those with `same_block`
 * are left out. Without `spent` no coins and no scripts are looked at. `medianTime` is that of the parent.
 */
export function verifyBlock(request: unknown, curve: Curve): Verdict {
  return verdictOf(() => {
    const fields = fieldsOf(request, "the request");
    const name = String(fields["network"]);
    const params = networkByName(NETWORK_ALIASES.get(name) ?? name);
    const height = u32Of(fields["height"], "height");
    const bytes = fields["block"] instanceof Uint8Array ? fields["block"] : bytesOf(fields["block"], "block");
    const block = blockFromBytes(bytes);
    const spent = fields["spent"] === undefined ? undefined : readSpent(fields["spent"], block);
    const checked = checkBlock(block, params, curve);
    const result = { hash: block.hash, transactions: block.txs.length, weight: blockWeight(block) };
    if (height === 0) return { ...result, checked: "structure" };
    checkVersion(block.header, height, params);
    const medianTime = fields["medianTime"] === undefined ? undefined : u32Of(fields["medianTime"], "medianTime");
    const { entry, parent, ancestry } = placeBlock(block, height, {
      ...(medianTime === undefined ? {} : { parent: medianTime }),
      byHeight: spent?.medianTimes ?? new Map(),
    });
    const accepted = acceptBlock(checked, entry, parent, ancestry, params);
    if (spent === undefined) return { ...result, checked: "structure" };
    const { fees, scripts } = connectBlock(accepted, parent, spent.coins, ancestry, params);
    const checks = [...scriptChecks(scripts)];
    for (const check of checks) verifyInput(check, curve);
    return { ...result, checked: "everything", fees: Number(fees), inputs: checks.length };
  });
}

interface Spent {
  readonly coins: CoinReader;
  /** Median time past by height, where a coin told it. */
  readonly medianTimes: ReadonlyMap<number, number>;
}

function readSpent(value: unknown, block: Block): Spent {
  const coins = new Map<string, Coin>();
  const medianTimes = new Map<number, number>();
  for (const [index, item] of listOf(value, "spent").entries()) {
    const name = `spent[${index}]`;
    const fields = fieldsOf(item, name);
    if (fields["same_block"] === true) continue;
    const outPoint = outPointOf(fields, block, name);
    if (outPoint === undefined) continue;
    const height = fields["height"] === undefined ? undefined : u32Of(fields["height"], `${name}.height`);
    const output = {
      value: satoshisOf(fields["value"], `${name}.value`),
      scriptPubKey: bytesOf(fields["script"], `${name}.script`),
    };
    coins.set(outPointKey(outPoint), { output, height: height ?? 0, coinbase: fields["coinbase"] === true });
    if (height !== undefined && fields["mtp_before"] !== undefined) {
      medianTimes.set(height - 1, u32Of(fields["mtp_before"], `${name}.mtp_before`));
    }
  }
  return { coins: { coin: (outPoint) => coins.get(outPointKey(outPoint)) }, medianTimes };
}

/** The outpoint meant; undefined for a position that the block does not have. */
function outPointOf(fields: Fields, block: Block, name: string): OutPoint | undefined {
  if (fields["txid"] !== undefined) {
    return { txid: txidOf(fields["txid"], `${name}.txid`), vout: u32Of(fields["vout"], `${name}.vout`) };
  }
  const tx = block.txs[u32Of(fields["tx"], `${name}.tx`)];
  return tx?.inputs[u32Of(fields["input"], `${name}.input`)]?.prevout;
}
