import {
  type AttackBalance,
  attackBalance,
  confirmationsAgainstProfit,
  type PaymentAtRisk,
} from "@forkyard/lab/odds/confirmation-policy";
import { confirmationsForRisk } from "@forkyard/lab/odds/confirmations";
import { RACE_MODELS, type RaceModelName } from "@forkyard/lab/odds/race-models";
import { type RaceEstimate, raceEstimate } from "@forkyard/lab/odds/simulation/estimate";
import { outputOf } from "../context.ts";
import { chanceText, estimateLines, labelled } from "../output/odds-lines.ts";
import { type OddsOptions, parseModel, parseNumber, parsePositive, simulateIfAsked } from "./odds-options.ts";

export interface PolicyOptions extends OddsOptions {
  readonly amount?: string;
  readonly q?: string;
  readonly hashCost?: string;
  readonly blockReward: string;
  readonly risk: string;
  readonly model: string;
}

interface PolicyAnswer extends PaymentAtRisk, AttackBalance {
  readonly model: RaceModelName;
  readonly citation: string;
  readonly convention: string;
  /** Confirmations from which on the attack loses money; null when no number is enough. */
  readonly z: number | null;
  readonly closedForm: number;
  readonly risk: number;
  /** Confirmations for a chance below `risk`; null when no number is enough. */
  readonly confirmationsForRisk: number | null;
  readonly simulated: RaceEstimate | null;
}

/** Answers `forkyard odds policy`. */
export async function answerPolicy(options: PolicyOptions): Promise<void> {
  const output = outputOf(options);
  const name = parseModel(options.model);
  const { probability, citation, convention } = RACE_MODELS[name];
  const payment = parsePayment(options);
  const risk = parseNumber("--risk", options.risk, "a chance above 0 and below 1", (value) => value > 0 && value < 1);
  const z = confirmationsAgainstProfit(probability, payment);
  const { q } = payment;
  const result =
    z === undefined ? undefined : await simulateIfAsked(options, output, () => ({ kind: "race", model: name, q, z }));
  const balance = attackBalance(probability, payment, z ?? 0);
  const answer: PolicyAnswer = {
    model: name,
    citation,
    convention,
    ...payment,
    ...balance,
    z: z ?? null,
    closedForm: balance.probability,
    risk,
    confirmationsForRisk: confirmationsForRisk(probability, q, risk) ?? null,
    simulated: result === undefined ? null : raceEstimate(result, q),
  };
  output.result(answer, () => policyLines(answer));
}

function parsePayment({ amount, q, hashCost, blockReward }: PolicyOptions): PaymentAtRisk {
  return {
    amount: parsePositive("--amount", amount, "what the attacker gains"),
    q: parseNumber(
      "--q",
      q,
      "the attacker's share of the hash power, a number above 0 and below 1",
      (value) => value > 0 && value < 1,
    ),
    hashCost: parsePositive("--hash-cost", hashCost, "what the work of one block costs"),
    blockReward: parseNumber(
      "--block-reward",
      blockReward,
      "what a block brings, a number from 0 on",
      (value) => value >= 0,
    ),
  };
}

function policyLines(answer: PolicyAnswer): readonly string[] {
  const { z, q, amount, hashCost, simulated } = answer;
  return [
    `a payment of ${amount} against ${q} of the hash power, which costs ${hashCost} a block`,
    labelled("model", `${answer.model}: ${answer.citation}`),
    labelled("convention", answer.convention),
    z === null
      ? labelled("confirmations", "no number is enough: the blocks pay for the attack")
      : labelled("confirmations", `${z}: from here on the attack loses money on average`),
    labelled("closed form", `${chanceText(answer.closedForm)} to succeed with ${z ?? 0} confirmations`),
    labelled(
      "balance",
      `gains ${chanceText(answer.expectedGain)}, costs ${chanceText(answer.expectedCost)} on average`,
    ),
    ...(simulated === null ? [] : estimateLines(simulated, "races")),
    labelled(
      "by risk",
      `${answer.confirmationsForRisk ?? "no number of"} confirmations for a chance below ${answer.risk}`,
    ),
  ];
}
