import type { BlockHash } from "@forkyard/core/hash";
import type { RemoteNode } from "@forkyard/devnet/remote/remote-node";
import type { Scenario } from "../../scenario/model.ts";
import type { ClockCommand, LockCommand, MiningPolicyCommand, RulesCommand, VerdictCommand } from "../command.ts";
import type { NodeName } from "../world.ts";

const MS_PER_SECOND = 1_000;

/** What a node was told and forgets when it ends. */
interface Orders {
  offsetSeconds: number;
  rules: string | undefined;
  policy: MiningPolicyCommand | undefined;
  readonly locks: LockCommand[];
}

/** Where the clocks of all nodes stood at a moment of the machine's clock, and how fast they go. */
export interface CommonTime {
  readonly machineMs: number;
  readonly timeMs: number;
  readonly pace: number;
}

/** What live nodes are told of clocks, rules, final blocks and mining: kept, and told again to a node that was started again. */
export class LiveOrders {
  readonly #time: CommonTime;
  /** Height of the last block before the scenario began: rules of a node's own hold above it. */
  readonly #startHeight: number;
  readonly #orders: ReadonlyMap<NodeName, Orders>;

  constructor(nodes: Scenario["nodes"], time: CommonTime, startHeight: number) {
    this.#time = time;
    this.#startHeight = startHeight;
    this.#orders = new Map(
      nodes.map(({ name, clockOffsetSeconds, rules }) => [
        name,
        { offsetSeconds: clockOffsetSeconds, rules, policy: undefined, locks: [] },
      ]),
    );
  }

  /** Tells a node, which has just been started, everything. */
  async repeat(node: RemoteNode): Promise<void> {
    const { rules, policy, locks } = this.#of(node);
    await this.#tellClock(node);
    if (rules !== undefined) await this.#tellRules(node, rules);
    if (policy !== undefined) await tellPolicy(node, policy);
    for (const lock of locks) await tellLock(node, lock);
  }

  async setClock(node: RemoteNode, { offsetSeconds }: ClockCommand): Promise<void> {
    this.#of(node).offsetSeconds = offsetSeconds;
    await this.#tellClock(node);
  }

  async setRules(node: RemoteNode, { rules }: RulesCommand): Promise<void> {
    await this.#tellRules(node, rules);
    this.#of(node).rules = rules;
  }

  async setPolicy(node: RemoteNode, policy: MiningPolicyCommand): Promise<void> {
    await tellPolicy(node, policy);
    this.#of(node).policy = policy;
  }

  async lock(node: RemoteNode, lock: LockCommand): Promise<void> {
    await tellLock(node, lock);
    this.#of(node).locks.push(lock);
  }

  /** A node keeps these on its disk. */
  async declare(node: RemoteNode, { kind, hash }: VerdictCommand): Promise<void> {
    await node.call(kind === "invalidate" ? "invalidateblock" : "reconsiderblock", [hash satisfies BlockHash]);
  }

  #of({ name }: RemoteNode): Orders {
    const orders = this.#orders.get(name);
    if (orders === undefined) throw new RangeError(`${name} is no node of the scenario`);
    return orders;
  }

  async #tellClock(node: RemoteNode): Promise<void> {
    const { machineMs, timeMs, pace } = this.#time;
    await node.call("forkyard_setclock", [machineMs, timeMs, pace, this.#of(node).offsetSeconds * MS_PER_SECOND]);
  }

  async #tellRules(node: RemoteNode, rules: string): Promise<void> {
    await node.call("forkyard_setrules", [rules, this.#startHeight + 1]);
  }
}

async function tellPolicy(node: RemoteNode, { censor, featherBlocks }: MiningPolicyCommand): Promise<void> {
  await node.call("forkyard_setminingpolicy", [censor, ...(featherBlocks === undefined ? [] : [featherBlocks])]);
}

async function tellLock(node: RemoteNode, { block }: LockCommand): Promise<void> {
  await node.call("forkyard_lockblock", [block.hash, block.height]);
}
