import { assert } from "@forkyard/core/errors";
import type { PeerId } from "@forkyard/network/transport/transport";
import type { NodeName } from "../../world.ts";
import type { RandomStreams } from "../random/stream.ts";
import type { VirtualTime } from "../time/virtual-time.ts";
import { GossipMessages } from "./gossip-message.ts";
import { Link, type LinkSettings } from "./link.ts";
import type { Delivery, Medium, Member } from "./medium.ts";

/** A connection that was broken off by one of its ends is tried again after this long. */
const REDIAL_MS = 5_000;
const US_PER_MS = 1_000;

export interface SimNetworkParts {
  readonly time: VirtualTime;
  readonly streams: RandomStreams;
  /** Number of a node, for the order of events. */
  readonly numberOf: (node: NodeName) => number;
  readonly linkChanged: (node: NodeName, peer: NodeName, status: "up" | "down") => void;
}

/** All links of a world. Two nodes are connected while both run, their link is up and not cut, and neither refuses. */
export class SimNetwork implements Medium {
  readonly time: VirtualTime;
  readonly messages: GossipMessages = new GossipMessages();
  readonly #parts: SimNetworkParts;
  readonly #links: Link[] = [];
  readonly #linksOf = new Map<NodeName, Map<NodeName, Link>>();
  readonly #members = new Map<PeerId, Member>();

  constructor(parts: SimNetworkParts) {
    this.#parts = parts;
    this.time = parts.time;
  }

  addLink(between: readonly [NodeName, NodeName], settings: LinkSettings): void {
    const [a, b] = between;
    assert(a !== b && this.link(a, b) === undefined, `${a} and ${b} are linked once`);
    const link = new Link(between, settings, (from, to) => this.#parts.streams.of(from, `link to ${to}`));
    this.#links.push(link);
    this.#of(a).set(b, link);
    this.#of(b).set(a, link);
    this.#refresh(link);
  }

  link(a: NodeName, b: NodeName): Link | undefined {
    return this.#linksOf.get(a)?.get(b);
  }

  find(peer: PeerId): Member | undefined {
    return this.#members.get(peer);
  }

  /** A node has started: it connects over all of its links. */
  join(transport: Member): void {
    this.#members.set(transport.self, transport);
    for (const link of this.#of(transport.self).values()) this.#refresh(link);
  }

  leave(transport: Member): void {
    if (this.#members.get(transport.self) !== transport) return;
    this.#members.delete(transport.self);
    for (const link of this.#of(transport.self).values()) this.#refresh(link, transport);
  }

  /** Changes a link; false when there is none. */
  change(a: NodeName, b: NodeName, change: Partial<LinkSettings> & { readonly up?: boolean }): boolean {
    const link = this.link(a, b);
    if (link === undefined) return false;
    const { up = link.up, ...settings } = change;
    link.settings = { ...link.settings, ...settings };
    link.up = up;
    this.#refresh(link);
    return true;
  }

  /** Cuts every link between two groups. */
  partition(groups: readonly (readonly NodeName[])[]): void {
    const groupOf = new Map(groups.flatMap((group, index) => group.map((node) => [node, index] as const)));
    for (const link of this.#links) {
      const [a, b] = [groupOf.get(link.a), groupOf.get(link.b)];
      link.cut = a !== undefined && b !== undefined && a !== b;
      this.#refresh(link);
    }
  }

  heal(): void {
    this.partition([]);
  }

  /** Connects now if the link allows it. */
  dial(a: NodeName, b: NodeName): boolean {
    const link = this.link(a, b);
    if (link === undefined) return false;
    this.#refresh(link);
    return link.connected;
  }

  /** One end breaks the connection off; it is tried again after a while. */
  drop(a: NodeName, b: NodeName): void {
    const link = this.link(a, b);
    if (link === undefined || !link.connected) return;
    this.#disconnect(link);
    this.#redialLater(link);
  }

  conditions(from: NodeName, to: NodeName): LinkSettings | undefined {
    return this.link(from, to)?.settings;
  }

  send(from: NodeName, to: NodeName, bytes: number, delivery: Delivery): void {
    const { time } = this;
    const node = this.#parts.numberOf(to);
    const link = this.link(from, to);
    if (link === undefined || !link.connected) {
      const { lost } = delivery;
      if (lost !== undefined) time.plan(this.#parts.numberOf(from), 0, lost);
      return;
    }
    const epoch = link.epoch;
    time.plan(node, link.arrivalUs(from, bytes, time.nowUs) - time.nowUs, () => {
      if (link.epoch === epoch) delivery.arrived();
      else delivery.lost?.();
    });
  }

  /** @param gone an end that has just left and hears of it last */
  #refresh(link: Link, gone?: Member): void {
    const [a, b] = [this.#members.get(link.a), this.#members.get(link.b)];
    const possible = link.up && !link.cut && a !== undefined && b !== undefined;
    if (!possible) this.#disconnect(link, gone);
    else if (!link.connected) this.#connect(link, a, b);
  }

  #connect(link: Link, a: Member, b: Member): void {
    if (a.refuses(link.b) || b.refuses(link.a)) {
      this.#redialLater(link);
      return;
    }
    link.connected = true;
    link.epoch += 1;
    this.#parts.linkChanged(link.a, link.b, "up");
    this.#parts.linkChanged(link.b, link.a, "up");
    a.linked(link.b, false);
    if (link.connected) b.linked(link.a, true);
  }

  #disconnect(link: Link, gone?: Member): void {
    if (!link.connected) return;
    link.connected = false;
    link.epoch += 1;
    this.#parts.linkChanged(link.a, link.b, "down");
    this.#parts.linkChanged(link.b, link.a, "down");
    for (const [end, peer] of [
      [link.a, link.b],
      [link.b, link.a],
    ] as const) {
      const transport = this.#members.get(end) ?? (gone?.self === end ? gone : undefined);
      transport?.unlinked(peer);
    }
  }

  #redialLater(link: Link): void {
    const { epoch } = link;
    this.time.plan(this.#parts.numberOf(link.a), REDIAL_MS * US_PER_MS, () => {
      if (link.epoch === epoch) this.#refresh(link);
    });
  }

  #of(node: NodeName): Map<NodeName, Link> {
    const known = this.#linksOf.get(node);
    if (known !== undefined) return known;
    const links = new Map<NodeName, Link>();
    this.#linksOf.set(node, links);
    return links;
  }
}
