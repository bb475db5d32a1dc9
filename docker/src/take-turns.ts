import type { RemoteNode } from "@forkyard/devnet/remote/remote-node";
import { type FundingTurn, turnAt } from "./funding-turns.ts";

export interface TurnParts {
  readonly node: Pick<RemoteNode, "name" | "state" | "status" | "newAddress" | "generate">;
  readonly turns: readonly FundingTurn[];
  /** Told in one line what happens. */
  readonly say: (line: string) => void;
  /** The time between two looks at the chain. */
  readonly pause: () => Promise<unknown>;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Takes the node's part in the funding of a fresh devnet; returns when all turns are over, at once on an older chain. A turn
 * is only taken while every neighbour is connected: a node that mines alone would make a chain that nobody else has. A node
 * that fell out in the middle of its turn goes on with it.
 */
export async function takeTurns({ node, turns, say, pause, signal }: TurnParts): Promise<void> {
  const wanted = node.state.neighbours.length;
  let told = wanted;
  while (!signal.aborted) {
    const { height, peers } = await node.status();
    const turn = turnAt(turns, height);
    if (turn === undefined) return;
    if (peers < wanted) {
      if (peers !== told) say(`${peers} of ${wanted} peers are there: wallets are funded when all are`);
      told = peers;
    } else if (turn.node === node.name) {
      await node.generate(turn.until - height, await node.newAddress(turn.wallet));
      say(`mined at full power for ${turn.wallet}, up to height ${turn.until}`);
      continue;
    }
    await pause();
  }
}
