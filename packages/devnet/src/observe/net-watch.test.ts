import assert from "node:assert/strict";
import { test } from "node:test";
import type { RemoteNode } from "../remote/remote-node.ts";
import { NetWatch } from "./net-watch.ts";

/** Longer than any test runs: nobody waits for it to be over. */
const LIMIT_MS = 600_000;

/** The event stream of a node that tells nothing until it is ended. */
async function* silence(_from: number, signal: AbortSignal): AsyncGenerator<never> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  yield* [];
}

function silentNode(name: string): RemoteNode {
  return { name, status: async () => ({ tip: "00", events: 0 }), events: silence } as unknown as RemoteNode;
}

test("a watch that is given up tells those who wait, and those who come later", async () => {
  const watch = new NetWatch([silentNode("a"), silentNode("b")]);
  await watch.open();
  const waiting = watch.until(() => false, LIMIT_MS, "too late");
  watch.giveUp(new Error("stopped"));
  watch.giveUp(new Error("stopped again"));
  await assert.rejects(waiting, /^Error: stopped$/);
  await assert.rejects(
    watch.within(() => true, LIMIT_MS),
    /^Error: stopped$/,
  );
  await watch.close();
});
