import { PATIENT_RETRANSMISSIONS, PATIENT_ROUND_TRIPS } from "./limits.ts";
import { type LinkConditions, retransmissionMs } from "./link-conditions.ts";

/**
 * How much longer a request may take over a link than over an ordinary one, milliseconds; the way back is taken to be like
 * the way there. Without it no node could be slower than half the shortest time limit.
 */
export function patienceMs(conditions: LinkConditions | undefined): number {
  if (conditions === undefined) return 0;
  const { latencyMs, jitterMs, loss } = conditions;
  const again = loss > 0 ? PATIENT_RETRANSMISSIONS * retransmissionMs(latencyMs) : 0;
  return PATIENT_ROUND_TRIPS * 2 * (latencyMs + jitterMs) + again;
}
