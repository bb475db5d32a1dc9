import type { Checker, Inspection } from "./inspection.ts";
import { violation } from "./violation.ts";

/** The sum that a node keeps of its coins is what coinbases have claimed, fees left out, less what nobody can spend. */
export function supplyChecker({ reference }: Inspection): Checker {
  return {
    check({ name, chain }) {
      const { tip, tipRecord } = chain;
      const judged = reference.judge(tip.hash);
      if (judged?.valid !== true) return undefined;
      if (tipRecord.hash !== tip.hash || tipRecord.height !== tip.height) {
        return violation("supply", name, `its coins belong to ${tipRecord.hash}, its tip is ${tip.hash}`);
      }
      const supply = judged.claimed - judged.burnt;
      if (tipRecord.coinTotal !== supply) {
        return violation("supply", name, `its coins add up to ${tipRecord.coinTotal}, ${supply} were issued`);
      }
      if (tipRecord.coinCount !== judged.coins.size) {
        return violation("supply", name, `it counts ${tipRecord.coinCount} coins, ${judged.coins.size} are there`);
      }
      return undefined;
    },
  };
}
