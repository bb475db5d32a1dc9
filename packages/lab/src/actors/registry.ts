import type { ActorKinds } from "../run/actor-kind.ts";
import { censoringMiner } from "./censoring-miner.ts";
import { doubleSpender } from "./double-spender.ts";
import { balanceAttacker, eclipseAttacker } from "./eclipse-attacker.ts";
import { exchange } from "./exchange.ts";
import { federation } from "./federation.ts";
import { finneyAttacker } from "./finney-attacker.ts";
import { goldfinger } from "./goldfinger.ts";
import { infiltrator } from "./infiltrator.ts";
import { merchant } from "./merchant.ts";
import { partitioner } from "./partitioner.ts";
import { raceAttacker } from "./race-attacker.ts";
import { optimalSelfishMiner, selfishMiner, stubbornMiner } from "./selfish-miner.ts";
import { timeLiar, timewarpMiner } from "./time-liar.ts";
import { vector76Attacker } from "./vector76-attacker.ts";

/** Every kind of actor that a scenario may name. A node without one mines honestly with the hash power that it has. */
export const actorKinds: ActorKinds = {
  merchant,
  exchange,
  "double-spender": doubleSpender,
  "race-attacker": raceAttacker,
  "finney-attacker": finneyAttacker,
  "vector76-attacker": vector76Attacker,
  "selfish-miner": selfishMiner,
  "stubborn-miner": stubbornMiner,
  "optimal-selfish-miner": optimalSelfishMiner,
  infiltrator,
  "censoring-miner": censoringMiner,
  "eclipse-attacker": eclipseAttacker,
  partitioner,
  "balance-attacker": balanceAttacker,
  "time-liar": timeLiar,
  "timewarp-miner": timewarpMiner,
  federation,
  goldfinger,
};
