import type { WorldEvent } from "../world/event.ts";

/** An event as a sentence. Undefined for those that would drown the others. */
export function eventText(event: WorldEvent): string | undefined {
  switch (event.type) {
    case "mined":
      return event.branch === undefined
        ? `${event.node} mines block ${event.height}`
        : `${event.node} mines block ${event.height} in secret (${event.branch})`;
    case "reorg":
      return `${event.node} takes back ${event.depth} and puts on ${event.added.length}, from height ${event.fork.height}`;
    case "refused":
      return `${event.node} refuses block ${event.hash.slice(-12)}: ${event.code}`;
    case "payment":
      return `payment ${event.payment}: ${coins(event.amount)} from ${event.from ?? "?"} to ${event.to ?? "?"}`;
    case "transaction":
      return event.status === "mempool"
        ? undefined
        : `${event.node}: transaction ${event.txid.slice(0, 12)} ${event.status}`;
    case "life":
      return `${event.node} ${event.status}`;
    case "note":
      return `${event.who}: ${event.text}`;
    case "link":
      return `link ${event.node} – ${event.peer} ${event.status}`;
    case "block":
    case "side":
      return undefined;
  }
}

function coins(satoshis: bigint): string {
  const whole = satoshis / 100_000_000n;
  const rest = (satoshis % 100_000_000n).toString().padStart(8, "0").replace(/0+$/, "");
  return rest === "" ? `${whole} coins` : `${whole}.${rest} coins`;
}
