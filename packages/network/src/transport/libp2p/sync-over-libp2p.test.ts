import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SyncEffect } from "../../flows/effects.ts";
import { serveBlocks } from "../../flows/serve-blocks.ts";
import { serveHeaders } from "../../flows/serve-headers.ts";
import { serveStatus } from "../../flows/serve-status.ts";
import { SyncFlow } from "../../flows/sync-flow.ts";
import { FakeChain, headersOn } from "../../testing/fake-chain.ts";
import { LoopbackNode, realClock, realTimers, stopAll } from "../../testing/loopback-node.ts";

const now = (): number => realClock.monotonicMs();

/** Serves a chain, and keeps it in sync with the peers, as a node would. */
class SyncingNode {
  readonly node: LoopbackNode;
  readonly chain: FakeChain;
  readonly #flow: SyncFlow;
  #cancelWake = (): void => {};

  constructor(node: LoopbackNode, chain: FakeChain) {
    this.node = node;
    this.chain = chain;
    this.#flow = new SyncFlow(chain, () => chain.status());
    node.onPeer = (peer, connected) =>
      this.#perform(connected ? this.#flow.peerConnected(peer, now()) : this.#flow.peerDisconnected(peer, now()));
    node.serve = (protocol, from, request) => {
      if (protocol === "headers") return serveHeaders(request, chain);
      if (protocol === "blocks") return serveBlocks(request, chain);
      const frames = serveStatus(request, chain.status());
      this.#perform(this.#flow.statusReceived(from, request, now()));
      return frames;
    };
  }

  stop(): void {
    this.#cancelWake();
  }

  #perform(effects: readonly SyncEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "block") this.chain.store(effect.hash);
      else if (effect.kind === "disconnect") this.node.transport.disconnect(effect.peer);
      else if (effect.kind === "penalise") this.node.transport.penalise(effect.peer, effect.points, effect.reason);
      else if (effect.kind === "wake") {
        this.#cancelWake();
        this.#cancelWake = realTimers.after(effect.atMs - now(), () => this.#perform(this.#flow.tick(now())));
      } else {
        const { peer, protocol, payload, requestId } = effect;
        this.node.transport.request(peer, protocol, payload, (result) =>
          this.#perform(this.#flow.response(requestId, result, now())),
        );
      }
    }
  }
}

describe("synchronising over loopback TCP", { timeout: 30_000 }, () => {
  for (const servers of [1, 3]) {
    test(`a node that joins late fetches 300 blocks from ${servers} in well under 3 s, and again after a cut`, async () => {
      const headers = headersOn(FakeChain.genesis, 300);
      const serving = await Promise.all(
        Array.from({ length: servers }, async () => {
          return new SyncingNode(await LoopbackNode.start(), new FakeChain().extend(headers));
        }),
      );
      const staticPeers = serving.map(({ node }) => node.address);
      const startMs = performance.now();
      const late = new SyncingNode(await LoopbackNode.start({ staticPeers }), new FakeChain());
      const nodes = [late, ...serving];
      try {
        const inSync = (): boolean => serving.every(({ chain }) => chain.tip.hash === late.chain.tip.hash);
        await late.node.until(inSync);
        assert.ok(performance.now() - startMs < 3_000, `${performance.now() - startMs} ms`);
        const ids = new Set(serving.map(({ node }) => node.id));
        late.node.transport.setBlockedPeers(ids);
        await late.node.until(() => late.node.connected.size === 0);
        for (const { chain } of serving) chain.extend(headersOn(chain.tip.hash, 50, 1));
        late.node.transport.setBlockedPeers(new Set());
        const healMs = performance.now();
        await late.node.until(inSync);
        assert.ok(performance.now() - healMs < 2_000, `${performance.now() - healMs} ms`);
      } finally {
        for (const node of nodes) node.stop();
        await stopAll(nodes.map(({ node }) => node));
      }
    });
  }
});
