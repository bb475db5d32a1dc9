import { formatCoins } from "@forkyard/core/units";
import { plural, short } from "@forkyard/devnet/observe/event-lines";
import type { ReorgResult } from "@forkyard/devnet/reorg/reorg";
import type { Output } from "./output.ts";
import { table } from "./table.ts";

const FATES: Readonly<Record<ReorgResult["transactions"][number]["fate"], string>> = {
  mined: "mined again on the new branch",
  mempool: "back in the mempool",
  dropped: "gone",
  replaced: "replaced",
};

/** The story of a reorganisation, as a person reads it. */
export function reorgLines(result: ReorgResult, output: Output): readonly string[] {
  const { forkPoint } = result;
  return [
    output.style(
      "bold",
      `${result.attacker} took back ${plural(result.removed.length, "block")} in ${result.milliseconds} ms`,
    ),
    `fork point  ${forkPoint.height}  ${forkPoint.hash}`,
    ...branches(result, output),
    ...table(
      ["node", "switched after"],
      result.nodes.map((node) => [node.name, `${node.switchedMs} ms`]),
    ),
    ...transactions(result),
    ...doubleSpend(result, output),
    ...balances(result, output),
    supply(result, output),
  ];
}

function branches({ forkPoint, removed, added }: ReorgResult, output: Output): readonly string[] {
  const line = (mark: string, hash: string, place: number): string =>
    `  ${mark} ${forkPoint.height + 1 + place}  ${hash}`;
  return [
    ...removed.map((hash, place) => output.style("red", line("-", hash, place))),
    ...added.map((hash, place) => output.style("green", line("+", hash, place))),
  ];
}

function transactions({ transactions: fates, lostRewards }: ReorgResult): readonly string[] {
  const lines = fates.map(({ txid, fate, replacedBy }) => {
    const by = replacedBy === undefined ? "" : ` by ${short(replacedBy)}`;
    return `  ${txid}  ${FATES[fate]}${by}`;
  });
  return [`payments in the removed blocks: ${fates.length}; rewards gone: ${lostRewards.length}`, ...lines];
}

function doubleSpend({ payment }: ReorgResult, output: Output): readonly string[] {
  if (payment === undefined) return [];
  const amount = formatCoins(BigInt(payment.amount));
  return [
    output.style(
      "red",
      `double spend: ${payment.to} had ${amount} from ${payment.from}; the coins are ${payment.from}'s again`,
    ),
  ];
}

function balances({ balances: wallets }: ReorgResult, output: Output): readonly string[] {
  const changed = Object.entries(wallets).filter(([, { before, after }]) => before !== after);
  if (changed.length === 0) return ["no wallet is richer or poorer"];
  const rows = changed.map(([wallet, { before, after }]) => [
    wallet,
    formatCoins(BigInt(before)),
    formatCoins(BigInt(after)),
    formatCoins(BigInt(after - before)),
  ]);
  const [header, ...lines] = table(["wallet", "before", "after", "change"], rows);
  return [output.style("bold", header ?? ""), ...lines];
}

function supply({ supply: { before, after } }: ReorgResult, output: Output): string {
  const sound = before.coins === before.issued && after.coins === after.issued;
  const text = `supply ${formatCoins(BigInt(before.coins))} at height ${before.height}, ${formatCoins(BigInt(after.coins))} at height ${after.height}`;
  return sound
    ? `${text}: just what the subsidies add up to`
    : output.style("red", `${text}: NOT what the subsidies add up to`);
}
