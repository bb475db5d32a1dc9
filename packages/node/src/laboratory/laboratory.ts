import type { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import type { Clock } from "@forkyard/core/ports/clock";
import type { ChainParts, ChainStart } from "../chain/chain-parts.ts";
import { MAX_TOLD_REFUSALS } from "../limits.ts";
import { STRICTER_RULE } from "../pipeline/blame.ts";
import { Judgement } from "./judgement.ts";
import { LaboratoryClock } from "./laboratory-clock.ts";
import type { LaboratoryConfig } from "./laboratory-config.ts";
import { atPace } from "./network-pace.ts";
import { WatchedChain } from "./watched-chain.ts";

/** Codes that only repeat that a block was refused before. */
const REPEATED_REFUSALS: ReadonlySet<string> = new Set(["duplicate-invalid"]);

/** What makes a node one of an experiment: a clock that can be set, rules of its own, defences against reorganisations. */
export class Laboratory {
  readonly clock: LaboratoryClock;
  readonly judgement: Judgement;
  readonly #refused: (hash: BlockHash, code: string) => void;
  /** Each refusal is told once, however often the block comes. */
  readonly #told = new Set<string>();

  /** @param refused told each block that the node refuses, with the rule or the defence */
  constructor(config: LaboratoryConfig, clock: Clock, refused: (hash: BlockHash, code: string) => void) {
    this.clock = new LaboratoryClock(clock);
    this.#refused = refused;
    this.judgement = new Judgement(
      { rules: config.rules, defences: config.defences },
      () => this.clock.trueMs(),
      (hash, defence) => this.#tell(hash, defence),
    );
  }

  /** The chain of the node, judged by its rules and defences too. */
  chain(parts: ChainParts, start: ChainStart): WatchedChain {
    const { judgement } = this;
    const { listener } = parts;
    const judged: ChainParts = {
      ...parts,
      listener: {
        chainChanged: (change) => listener.chainChanged(change),
        sideBlock: (entry) => listener.sideBlock(entry),
        blockInvalid: (entry, error) => {
          this.#broken(entry.hash, error);
          listener.blockInvalid(entry, error);
        },
      },
      extraRule: (block) => judgement.checkBlock(block),
      permits: (plan) => judgement.permits(plan),
    };
    return new WatchedChain(judged, start, {
      arrived: (hash) => judgement.arrived(hash),
      refused: (hash, error) => this.#broken(hash, error),
    });
  }

  #broken(hash: BlockHash, { code, data }: RuleError): void {
    this.#tell(hash, code === STRICTER_RULE ? String(data["rule"]) : code);
  }

  #tell(hash: BlockHash, code: string): void {
    const refusal = `${hash} ${code}`;
    if (REPEATED_REFUSALS.has(code) || this.#told.has(refusal) || this.#told.size >= MAX_TOLD_REFUSALS) return;
    this.#told.add(refusal);
    this.#refused(hash, code);
  }
}

/** The network that a node is configured for. @throws InputError for an unknown name */
export function networkOf(name: string, laboratory: LaboratoryConfig | undefined): NetworkParams {
  const params = networkByName(name);
  return laboratory?.network === undefined ? params : atPace(params, laboratory.network);
}
