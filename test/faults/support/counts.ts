/** FORKYARD_FAULTS=all runs everything (`pnpm faults`); without it a share that fits into `npm test`. */
const all = process.env["FORKYARD_FAULTS"] === "all";

export const SEED: string = process.env["FORKYARD_SEED"] ?? String(Date.now() % 1_000_000);

/** How often each fault is tried; each can be set by its own variable, FORKYARD_KILLS=20 for instance. */
export const COUNTS = {
  kills: count("FORKYARD_KILLS", 12, 500),
  nodeKills: count("FORKYARD_NODE_KILLS", 2, 50),
  /** How many of the named points, drawn anew each time. */
  pointsTried: count("FORKYARD_POINTS", 8, Number.POSITIVE_INFINITY),
  /** The same of the points at which key files are written. */
  walletPointsTried: count("FORKYARD_WALLET_POINTS", 2, Number.POSITIVE_INFINITY),
  /** Runs at each of them. */
  points: count("FORKYARD_POINT_RUNS", 1, 25),
  powerLosses: count("FORKYARD_POWER_LOSSES", 6, 200),
  bitFlips: count("FORKYARD_BIT_FLIPS", 40, 400),
} as const;

function count(name: string, share: number, whole: number): number {
  const text = process.env[name];
  if (text === undefined) return all ? whole : share;
  return Number(text);
}
