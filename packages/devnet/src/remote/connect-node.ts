import type { Timers } from "@forkyard/core/ports/clock";
import { connectRpc } from "@forkyard/rpc/client";
import type { NodeState } from "../folder/state-file.ts";
import { RemoteNode } from "./remote-node.ts";

/** The node that a devnet's state file tells of; nothing is sent before the first call. */
export function connectNode(state: NodeState): RemoteNode {
  return new RemoteNode(state, connectRpc({ port: state.rpcPort, cookiePath: state.cookieFile, timers: systemTimers }));
}

const systemTimers: Timers = {
  after(delayMs: number, callback: () => void): () => void {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
