import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { DecodeError, InputError } from "@forkyard/core/errors";
import { PROTOCOL_LIMITS } from "../../limits.ts";
import { LoopbackNode, startLine, stopAll } from "../../testing/loopback-node.ts";
import type { Verdict } from "../transport.ts";
import { createIdentity, peerIdOfIdentity } from "./identity.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);

/** Runs a test with nodes that are stopped whatever happens. */
async function withNodes(
  nodes: readonly LoopbackNode[],
  run: (...nodes: readonly LoopbackNode[]) => Promise<void>,
): Promise<void> {
  try {
    await run(...nodes);
  } finally {
    await stopAll(nodes);
  }
}

const at = (nodes: readonly LoopbackNode[], index: number): LoopbackNode => {
  const node = nodes[index];
  assert.ok(node);
  return node;
};

const scoreOf = (node: LoopbackNode, other: LoopbackNode): number =>
  node.transport.peers().find((peer) => peer.id === other.id)?.score ?? Number.NaN;

describe("gossip over loopback TCP", { timeout: 30_000 }, () => {
  test("a message published right after connecting reaches the end of a line of four, once", async () => {
    await withNodes(await startLine(4), async (...nodes) => {
      at(nodes, 0).transport.publish("blocks", bytes("block one"));
      await at(nodes, 3).until(() => at(nodes, 3).seen.length > 0);
      for (const node of nodes.slice(1))
        assert.deepEqual(
          node.seen.map((m) => text(m.payload)),
          ["block one"],
        );
      assert.equal(at(nodes, 3).seen[0]?.topic, "blocks");
      assert.equal(at(nodes, 3).seen[0]?.from, at(nodes, 2).id);
    });
  });

  for (const refused of ["reject", "ignore", undefined] as const) {
    test(`a message that is given ${refused ?? "no verdict"} is not forwarded`, async () => {
      await withNodes(await startLine(4), async (...nodes) => {
        const verdictOf = (payload: Uint8Array): Verdict | undefined => (text(payload) === "bad" ? refused : "accept");
        at(nodes, 1).judge = (message) => verdictOf(message.payload);
        at(nodes, 0).transport.publish("txs", bytes("bad"));
        at(nodes, 0).transport.publish("txs", bytes("good"));
        await at(nodes, 3).until(() => at(nodes, 3).seen.length > 0);
        assert.deepEqual(
          at(nodes, 1).seen.map((m) => text(m.payload)),
          ["bad", "good"],
        );
        assert.deepEqual(
          at(nodes, 2).seen.map((m) => text(m.payload)),
          ["good"],
        );
        const score = (): number => scoreOf(at(nodes, 1), at(nodes, 0));
        if (refused === "reject") await at(nodes, 1).until(() => score() < 0);
        else await at(nodes, 1).until(() => score() > 0);
      });
    });
  }

  test("what went round before a peer came reaches it when it is announced again, and nobody a second time", async () => {
    await withNodes(await startLine(2), async (...nodes) => {
      const [first, second] = [at(nodes, 0), at(nodes, 1)];
      first.transport.publish("txs", bytes("a payment"));
      await second.until(() => second.seen.length === 1);
      const late = await LoopbackNode.start({ staticPeers: [first.address] });
      try {
        await late.untilConnected(first);
        first.transport.publish("txs", bytes("a payment"));
        first.transport.publishAgain("txs", bytes("a payment"));
        first.transport.publish("txs", bytes("another"));
        await Promise.all([late.until(() => late.seen.length === 2), second.until(() => second.seen.length === 2)]);
        for (const node of [late, second]) {
          assert.deepEqual(
            node.seen.map(({ payload }) => text(payload)),
            ["a payment", "another"],
          );
        }
      } finally {
        await late.transport.stop();
      }
    });
  });

  test("a payload beyond the topic's cap is rejected unseen", async () => {
    await withNodes(await startLine(2), async (...nodes) => {
      at(nodes, 0).transport.publish("txs", new Uint8Array(400_001));
      at(nodes, 0).transport.publish("txs", bytes("small"));
      await at(nodes, 1).until(() => at(nodes, 1).seen.length > 0);
      assert.deepEqual(
        at(nodes, 1).seen.map((m) => m.payload.length),
        [5],
      );
    });
  });

  test("a full block crosses three hops", async () => {
    await withNodes(await startLine(4), async (...nodes) => {
      const block = randomBytes(4_000_000);
      at(nodes, 0).transport.publish("blocks", block);
      await at(nodes, 3).until(() => at(nodes, 3).seen.length > 0);
      assert.ok(Buffer.from(at(nodes, 3).seen[0]?.payload ?? []).equals(block));
    });
  });
});

describe("requests over loopback TCP", { timeout: 60_000 }, () => {
  test("frames come back in order, empty ones too, from all protocols", async () => {
    await withNodes(await startLine(2), async (...nodes) => {
      const [asking, serving] = [at(nodes, 0), at(nodes, 1)];
      const frames = [randomBytes(1), new Uint8Array(0), randomBytes(700_000)];
      serving.serve = (protocol, from, request) => {
        assert.equal(from, asking.id);
        assert.equal(request.length, 3);
        return protocol === "blocks" ? frames : [bytes(protocol)];
      };
      const answer = await asking.ask(serving.id, "blocks", bytes("abc"));
      assert.equal(answer.length, 3);
      for (const [i, frame] of frames.entries()) assert.ok(Buffer.from(answer[i] ?? []).equals(frame));
      for (const protocol of ["status", "headers", "txs"] as const) {
        assert.deepEqual((await asking.ask(serving.id, protocol, bytes("abc"))).map(text), [protocol]);
      }
    });
  });

  test("an answer of 8 MiB passes through windows of 1 MiB", async () => {
    await withNodes(await startLine(2), async (...nodes) => {
      const block = randomBytes(4_000_000);
      at(nodes, 1).serve = () => [block, block];
      const answer = await at(nodes, 0).ask(at(nodes, 1).id, "blocks", bytes("ab"));
      assert.deepEqual(
        answer.map((frame) => Buffer.from(frame).equals(block)),
        [true, true],
      );
    });
  });

  test("what is too long is refused on both sides", async () => {
    await withNodes(await startLine(2), async (...nodes) => {
      const [asking, serving] = [at(nodes, 0), at(nodes, 1)];
      const { maxRequestBytes, maxFrameBytes } = PROTOCOL_LIMITS.status;
      await assert.rejects(asking.ask(serving.id, "status", new Uint8Array(maxRequestBytes + 1)));
      serving.serve = () => [new Uint8Array(maxFrameBytes + 1)];
      await assert.rejects(asking.ask(serving.id, "status", bytes("?")), /frame of 513 bytes/);
      serving.serve = () => [bytes("one"), bytes("two")];
      await assert.rejects(asking.ask(serving.id, "status", bytes("?")), /more than 1 frames/);
    });
  });

  test("a request that does not decode costs points, and enough of them the connection", async () => {
    await withNodes(await startLine(2), async (...nodes) => {
      const [asking, serving] = [at(nodes, 0), at(nodes, 1)];
      serving.serve = () => {
        throw new DecodeError("nonsense", 0);
      };
      for (let i = 0; i < 3; i++) await assert.rejects(asking.ask(serving.id, "headers", bytes("?")));
      await serving.until(() => !serving.connected.has(asking.id));
      await assert.rejects(asking.ask(serving.id, "headers", bytes("?")));
    });
  });

  test("requests beyond the quota are refused", async () => {
    await withNodes(await startLine(2), async (...nodes) => {
      const [asking, serving] = [at(nodes, 0), at(nodes, 1)];
      for (let i = 0; i < PROTOCOL_LIMITS.status.perPeer.units; i++) await asking.ask(serving.id, "status", bytes("?"));
      await assert.rejects(asking.ask(serving.id, "status", bytes("?")));
    });
  });

  test("a request to a stranger fails, in a later turn", async () => {
    await withNodes([await LoopbackNode.start()], async (node) => {
      assert.ok(node);
      let returned = false;
      const stranger = peerIdOfIdentity(randomBytes(32));
      const error = await new Promise<string>((resolve) => {
        node.transport.request(stranger, "status", bytes("?"), (result) => {
          assert.ok(returned);
          resolve("error" in result ? result.error : "no error");
        });
        returned = true;
      });
      assert.equal(error, "not connected");
    });
  });
});

describe("connections over loopback TCP", { timeout: 60_000 }, () => {
  test("peers of different chains do not talk", async () => {
    const other = await LoopbackNode.start({ chainId: "other-0123456789abcdef" });
    const ours = await LoopbackNode.start();
    const third = await LoopbackNode.start({ staticPeers: [other.address, ours.address] });
    await withNodes([other, ours, third], async () => {
      await third.untilConnected(ours);
      await assert.doesNotReject(third.transport.dial(other.address).catch(() => {}));
      await assert.rejects(third.ask(other.id, "status", bytes("?")));
      assert.deepEqual([...third.connected], [ours.id]);
      assert.deepEqual([...other.connected], []);
    });
  });

  test("blocked peers are cut off both ways and heal at once", async () => {
    const a = await LoopbackNode.start();
    const b = await LoopbackNode.start({ staticPeers: [a.address] });
    await withNodes([a, b], async () => {
      await Promise.all([a.untilConnected(b), b.untilConnected(a)]);
      for (let round = 0; round < 3; round++) {
        a.transport.setBlockedPeers(new Set([b.id]));
        b.transport.setBlockedPeers(new Set([a.id]));
        await Promise.all([a.until(() => a.connected.size === 0), b.until(() => b.connected.size === 0)]);
        await assert.rejects(b.transport.dial(a.address), InputError);
        a.transport.setBlockedPeers(new Set());
        b.transport.setBlockedPeers(new Set());
        const start = performance.now();
        await Promise.all([a.untilConnected(b), b.untilConnected(a)]);
        const healMs = performance.now() - start;
        assert.ok(healMs < 1_500, `healed in ${healMs.toFixed(0)} ms`);
        a.transport.publish("blocks", bytes(`after heal ${round}`));
        await b.until(() => b.seen.some((m) => text(m.payload) === `after heal ${round}`));
      }
    });
  });

  test("one side's block is enough: the other can neither stay nor come back", async () => {
    const a = await LoopbackNode.start();
    const b = await LoopbackNode.start({ staticPeers: [a.address] });
    await withNodes([a, b], async () => {
      await a.untilConnected(b);
      await b.untilConnected(a);
      a.transport.setBlockedPeers(new Set([b.id]));
      await Promise.all([a.until(() => a.connected.size === 0), b.until(() => b.connected.size === 0)]);
      // The handshake may end before the other side says no: a dial that succeeds does not make a peer.
      await b.transport.dial(a.address).catch(() => {});
      await assert.rejects(b.ask(a.id, "status", bytes("?")));
      await assert.rejects(a.ask(b.id, "status", bytes("?")));
      assert.deepEqual([a.connected.size, b.connected.size], [0, 0]);
    });
  });

  test("a static peer that starts late, or starts again, is dialled until it answers", async () => {
    const identity = createIdentity({ bytes: (length) => randomBytes(length) });
    const first = await LoopbackNode.start({ identity });
    const port = Number(/\/tcp\/(\d+)/.exec(first.address)?.[1]);
    const { address } = first;
    await stopAll([first]);
    const dialling = await LoopbackNode.start({ staticPeers: [address] });
    const again = await LoopbackNode.start({ identity, port });
    await withNodes([dialling, again], async () => {
      assert.equal(again.id, first.id);
      await dialling.untilConnected(again);
    });
  });

  test("a port in use and a malformed address are told in one line", async () => {
    await withNodes([await LoopbackNode.start()], async (node) => {
      assert.ok(node);
      const port = Number(/\/tcp\/(\d+)/.exec(node.address)?.[1]);
      await assert.rejects(LoopbackNode.start({ port }), { name: "InputError", message: /another program uses it/ });
      await assert.rejects(LoopbackNode.start({ staticPeers: ["127.0.0.1:1"] }), InputError);
      await assert.rejects(node.transport.dial("/ip4/127.0.0.1"), InputError);
    });
  });

  test("thirty peers on one address do not graylist one another", async () => {
    const hub = await LoopbackNode.start();
    const spokes = await Promise.all(
      Array.from({ length: 30 }, () => LoopbackNode.start({ staticPeers: [hub.address] })),
    );
    await withNodes([hub, ...spokes], async () => {
      await hub.untilConnected(...spokes);
      await Promise.all(spokes.map((spoke) => spoke.untilConnected(hub)));
      at(spokes, 0).transport.publish("blocks", bytes("to all"));
      await Promise.all(spokes.slice(1).map((spoke) => spoke.until(() => spoke.seen.length > 0)));
      for (const peer of hub.transport.peers()) assert.ok(peer.score >= 0, `score ${peer.score}`);
      assert.equal(hub.transport.peers().length, 30);
    });
  });
});
