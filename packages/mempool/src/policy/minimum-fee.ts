import { policyError } from "../codes.ts";
import { type FeeRate, feeAt } from "../fee-rate.ts";

/** @throws RuleError "mempool min fee not met", "min relay fee not met" */
export function checkMinimumFee(fee: bigint, virtualBytes: number, rollingRate: FeeRate, relayRate: FeeRate): void {
  const rolling = feeAt(rollingRate, virtualBytes);
  if (fee < rolling) throw policyError("mempool min fee not met", { fee: String(fee), least: String(rolling) });
  const relay = feeAt(relayRate, virtualBytes);
  if (fee < relay) throw policyError("min relay fee not met", { fee: String(fee), least: String(relay) });
}
