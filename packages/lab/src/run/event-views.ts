import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { Command, CommandResult } from "../world/command.ts";
import type { BlockEvent, MinedEvent, SideEvent, WorldEvent } from "../world/event.ts";
import type { BlockPlace, BranchName, NodeName, PaymentName } from "../world/world.ts";
import { ActiveChains } from "./active-chains.ts";
import { BranchBook } from "./branch-book.ts";
import type { BranchView, ChainViews } from "./chain-views.ts";
import { PaymentBook } from "./payment-book.ts";

/** A block that some event told of. */
interface KnownBlock {
  readonly height: number;
  readonly parent: BlockHash;
  miner: NodeName | undefined;
}

/** What events have told, kept up as they come: the same code for both worlds. */
export class EventViews implements ChainViews {
  readonly chains: ActiveChains;
  readonly payments: PaymentBook = new PaymentBook();
  readonly #branches = new BranchBook();
  readonly #blocks = new Map<BlockHash, KnownBlock>();
  /** Blocks that hold a transaction: several when branches hold it. */
  readonly #blocksOf = new Map<Txid, BlockPlace[]>();

  constructor(start: BlockPlace, nodes: readonly NodeName[]) {
    this.chains = new ActiveChains(start, nodes);
  }

  apply(event: WorldEvent): void {
    switch (event.type) {
      case "mined":
        this.#know(event, event.node, event.txids);
        this.#branches.grown(event);
        return;
      case "block":
        this.#know(event, event.miner, event.txids);
        this.chains.connected(event);
        this.payments.mined(event.node, event.txids);
        return;
      case "reorg":
        this.chains.reorganised(event);
        return;
      case "side":
        this.#know(event, undefined, []);
        return;
      case "transaction":
        this.payments.told(event);
        return;
      case "payment":
        this.payments.signed(event.payment, event.txid);
        return;
      default:
    }
  }

  /** What a command did is known at once, before its events are told. */
  performed(command: Command, result: CommandResult): void {
    if (!result.ok) return;
    if ((command.kind === "pay" || command.kind === "double-spend") && result.txid !== undefined) {
      this.payments.signed(command.payment, result.txid);
    }
    if (command.kind === "withhold") this.#branches.opened(command.node, command.branch, this.#forkOf(command));
    if (command.kind === "publish") this.#branches.published(command.node, command.branch, command.blocks);
    if (command.kind === "abandon") this.#branches.abandoned(command.node, command.branch);
  }

  tip(node: NodeName): BlockPlace {
    return this.chains.tip(node);
  }

  activeAt(node: NodeName, height: number): BlockPlace | undefined {
    return this.chains.activeAt(node, height);
  }

  isActive(node: NodeName, hash: BlockHash): boolean {
    const height = this.heightOf(hash);
    return height !== undefined && this.chains.isActive(node, { hash, height });
  }

  miner(hash: BlockHash): NodeName | undefined {
    return this.#blocks.get(hash)?.miner;
  }

  parent(hash: BlockHash): BlockHash | undefined {
    return this.#blocks.get(hash)?.parent;
  }

  heightOf(hash: BlockHash): number | undefined {
    return hash === this.chains.start.hash ? this.chains.start.height : this.#blocks.get(hash)?.height;
  }

  branch(node: NodeName, branch: BranchName): BranchView | undefined {
    return this.#branches.view(node, branch);
  }

  txid(payment: PaymentName): Txid | undefined {
    return this.payments.txid(payment);
  }

  confirmations(node: NodeName, txid: Txid): number {
    const holder = this.#blocksOf.get(txid)?.find((place) => this.chains.isActive(node, place));
    return holder === undefined ? 0 : this.tip(node).height - holder.height + 1;
  }

  inMempool(node: NodeName, txid: Txid): boolean {
    return this.payments.isWaiting(node, txid);
  }

  startHeight(): number {
    return this.chains.start.height;
  }

  #forkOf({ node, fork }: Extract<Command, { kind: "withhold" }>): BlockPlace {
    if (fork === "tip") return this.tip(node);
    return { hash: fork, height: this.heightOf(fork) ?? this.tip(node).height };
  }

  #know(event: MinedEvent | BlockEvent | SideEvent, miner: NodeName | undefined, txids: readonly Txid[]): void {
    const { hash, height, parent } = event;
    const known = this.#blocks.get(hash);
    if (known === undefined) this.#blocks.set(hash, { height, parent, miner });
    else known.miner ??= miner;
    // A side event does not say what is in the block: the first that does is kept.
    for (const txid of txids) {
      const holders = this.#blocksOf.get(txid) ?? [];
      if (!holders.some((place) => place.hash === hash)) holders.push({ hash, height });
      this.#blocksOf.set(txid, holders);
    }
  }
}
