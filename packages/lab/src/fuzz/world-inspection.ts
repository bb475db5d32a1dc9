import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { Inspection, NodeInside } from "../checkers/inspection.ts";
import { ReferenceChain } from "../checkers/reference/reference-chain.ts";
import { SimTransport } from "../world/sim/network/sim-transport.ts";
import type { SimHost } from "../world/sim/node/sim-host.ts";
import type { SimWorld } from "../world/sim/sim-world.ts";
import type { NodeName } from "../world/world.ts";

/** A simulated world as checkers see it. All that is in `scenario.nodes` is honest; hostile peers are not there. */
export class WorldInspection implements Inspection {
  readonly params: Inspection["params"];
  readonly reference: ReferenceChain;
  readonly honest: readonly NodeName[];
  /** The block that all nodes begin with, and that the first coins of wallets are in. */
  readonly startTip: BlockHash;
  /** Blocks that operators have declared invalid. */
  readonly declared: Map<NodeName, Set<string>> = new Map();
  readonly #world: SimWorld;
  #paymentsSigned = 0;

  /** @param world at its beginning: nothing has happened */
  constructor(world: SimWorld) {
    this.#world = world;
    this.honest = [...world.hosts.keys()];
    const node = [...world.hosts.values()].find((host) => host.node !== undefined)?.node;
    assert(node !== undefined, "a world begins with a node that runs");
    this.params = node.params;
    this.startTip = node.chain.tip.hash;
    const beginning = Array.from({ length: world.startHeight }, (_, index) => {
      const entry = node.chain.activeAt(index + 1);
      const block = entry && node.chain.block(entry.hash);
      assert(block !== undefined, "all nodes have the blocks of the bootstrap");
      return block;
    });
    this.reference = new ReferenceChain(this.params, beginning);
  }

  node(name: NodeName): NodeInside | undefined {
    const host = this.#world.hosts.get(name);
    return host && insideOf(host);
  }

  *payments(): ReturnType<Inspection["payments"]> {
    yield* this.#world.payments.values();
  }

  declaredInvalid(node: NodeName): ReadonlySet<string> {
    return this.declared.get(node) ?? NONE;
  }

  /** Tells the reference of what wallets have signed since. */
  noteSigned(): void {
    const { payments } = this.#world;
    if (payments.size === this.#paymentsSigned) return;
    this.#paymentsSigned = payments.size;
    for (const { tx } of payments.values()) this.reference.signed(tx.wtxid);
  }
}

const NONE: ReadonlySet<string> = new Set();

function insideOf({ name, node, wallets }: SimHost): NodeInside | undefined {
  if (node === undefined) return undefined;
  const { chain, mempool, store, transport } = node;
  assert(transport instanceof SimTransport, "nodes of this world talk over simulated links");
  return {
    name,
    chain,
    mempool,
    store,
    wallets: new Map(wallets.map((each) => [each.name, each.wallet])),
    peers: () => transport.peers(),
    refuses: (peer) => transport.refuses(peer),
  };
}
