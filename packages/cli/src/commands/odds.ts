import type { Command } from "commander";
import { withJson } from "../context.ts";
import type { PolicyOptions } from "./odds-policy.ts";
import type { RaceOptions } from "./odds-race.ts";
import type { SelfishOptions } from "./odds-selfish.ts";
import type { StaleOptions } from "./odds-stale.ts";

const EXAMPLES = `
Without a command it is \`race\`; its options, models and examples: forkyard odds race --help.

Examples:
  forkyard odds --q 0.3 --z 6
  forkyard odds --q 0.3 --z 6 --model rosenfeld --simulate 10000000
  forkyard odds --table
  forkyard odds selfish --alpha 0.35 --gamma 0.5 --optimal
  forkyard odds stale --delay 12.6 --interval 600
  forkyard odds policy --amount 100 --q 0.1 --hash-cost 3`;

const RACE_EXAMPLES = `
Models, which differ by one block in what they count (each answer names its own):
  nakamoto   z blocks after the block of the payment; none mined ahead; drawing level is enough; progress Poisson
  rosenfeld  z confirmations, 1 when the payment is in one block; one block mined ahead; strictly ahead wins
  strict     z confirmations, 1 when the payment is in one block; none mined ahead; strictly ahead wins

Examples:
  forkyard odds --q 0.3 --z 6
  forkyard odds --q 0.1 --z 2 --model strict --simulate 10000000 --seed 7 --json
  forkyard odds --table --model rosenfeld       the tables that the paper prints
  forkyard odds --q 0.25 --z 20 --table         one for this share, up to z
  forkyard odds --q 0.3 --z 24 --plot odds.svg`;

const SELFISH_EXAMPLES = `
A run of --simulate is the time between two moments when all miners agree, block by block.

Examples:
  forkyard odds selfish --alpha 0.35 --gamma 0.5
  forkyard odds selfish --alpha 0.4 --gamma 0 --optimal --simulate 1000000
  forkyard odds selfish --alpha 0.3 --gamma 0.25 --plot selfish.svg --json`;

const STALE_EXAMPLES = `
Models:
  constant-delay      all others hear of a block after the delay; a miner does not compete with himself
  decker-wattenhofer  the delay is the integral over time of the share of the network that does not know the block yet

Examples:
  forkyard odds stale --delay 12.6 --interval 600 --own-share 0.1
  forkyard odds stale --model decker-wattenhofer --delay 11.37 --interval 633.68 --simulate 10000000
  forkyard odds stale --table --own-share 0.1
  forkyard odds stale --delay 20 --plot stale.svg`;

const POLICY_EXAMPLES = `
Amounts are in any unit, the same for all three. The attacker pays for zq/p blocks while the merchant waits for z; what he
mines after that is taken to pay for itself, and he never gives up: both favour him, so z is on the safe side.

Examples:
  forkyard odds policy --amount 100 --q 0.1 --hash-cost 3
  forkyard odds policy --amount 2000 --q 0.55 --hash-cost 3 --risk 0.0001      a majority for hire
  forkyard odds policy --amount 50 --q 0.3 --hash-cost 3.2 --block-reward 3.125 --json`;

/** `forkyard odds`. What calculates is loaded only when it is asked, so that other commands start fast. */
export function addOdds(program: Command): void {
  const odds = program
    .command("odds")
    .description("the odds of attacks: closed forms of the papers, and Monte Carlo beside them")
    .addHelpText("after", EXAMPLES);
  for (const add of [addRace, addSelfish, addStale, addPolicy]) add(odds);
}

function addRace(odds: Command): void {
  withSimulation(odds.command("race", { isDefault: true }), "races")
    .description("chance that an attacker takes a payment back after z confirmations")
    .option("--q <share>", "the attacker's share of the hash power, 0 to 1")
    .option("--z <number>", "confirmations that the merchant waits for")
    .option("--model <name>", "nakamoto, rosenfeld or strict (default: nakamoto)")
    .option("--table", "print the papers' tables; with --q one for this share")
    .option("--plot <file>", "draw the chance by confirmations as SVG")
    .addHelpText("after", RACE_EXAMPLES)
    .action(async (options: RaceOptions) => (await import("./odds-race.ts")).answerRace(options));
}

function addSelfish(odds: Command): void {
  withSimulation(odds.command("selfish"), "races")
    .description("share of the blocks that a pool gets by withholding its own")
    .option("--alpha <share>", "the pool's share of the hash power, from 0 to below 0.5")
    .option("--gamma <share>", "share of the others that mines on the pool's block in a tie, 0 to 1")
    .option("--optimal", "solve for the best strategy as well")
    .option("--max-fork-blocks <number>", "longest fork that the solver looks at (default: 95)")
    .option("--plot <file>", "draw the share by alpha as SVG")
    .addHelpText("after", SELFISH_EXAMPLES)
    .action(async (options: SelfishOptions) => (await import("./odds-selfish.ts")).answerSelfish(options));
}

function addStale(odds: Command): void {
  withSimulation(odds.command("stale"), "blocks")
    .description("chance that a block competes with another one by nature, because news takes time")
    .option("--delay <seconds>", "until the others know of a block")
    .option("--interval <seconds>", "between blocks, on average", "600")
    .option("--own-share <share>", "the finder's share of the hash power, 0 to 1", "0")
    .option("--model <name>", "constant-delay or decker-wattenhofer", "constant-delay")
    .option("--table", "print a table over delays")
    .option("--plot <file>", "draw the chance by delay as SVG")
    .addHelpText("after", STALE_EXAMPLES)
    .action(async (options: StaleOptions) => (await import("./odds-stale.ts")).answerStale(options));
}

function addPolicy(odds: Command): void {
  withSimulation(odds.command("policy"), "races")
    .description("how many confirmations a payment needs, given what an attack brings and costs")
    .option("--amount <number>", "what the attacker gains by taking the payment back")
    .option("--q <share>", "the attacker's share of the hash power, above 0 and below 1")
    .option("--hash-cost <number>", "what the hash power costs that finds one block on average")
    .option("--block-reward <number>", "what a block brings that stays on the chain", "0")
    .option("--risk <chance>", "confirmations for a chance below this, too", "0.001")
    .option("--model <name>", "nakamoto, rosenfeld or strict", "rosenfeld")
    .addHelpText("after", POLICY_EXAMPLES)
    .action(async (options: PolicyOptions) => (await import("./odds-policy.ts")).answerPolicy(options));
}

/** Adds --json, --simulate, --seed and --workers. */
function withSimulation(command: Command, runs: string): Command {
  return withJson(command)
    .option("--simulate <runs>", `Monte Carlo beside it: how many ${runs}`)
    .option("--seed <number>", "the same seed and number of runs give the same counts, on any number of threads", "1")
    .option("--workers <number>", "threads for the simulation (default: one for each core)");
}
