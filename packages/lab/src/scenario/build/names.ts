import type { ActorKind, ActorKinds } from "../../run/actor-kind.ts";
import type { DocumentPath, Mistakes } from "../mistakes.ts";
import type { ScenarioNode } from "../model.ts";
import type { WrittenNodes, WrittenScenario } from "../written.ts";

/** Stands for every node where a list of nodes is asked for. */
const ALL = "all";

/** Everything that a scenario gives a name, and the check of what refers to it. */
export class Names {
  readonly #mistakes: Mistakes;
  /** A node by itself, a group with its members. */
  readonly #members = new Map<string, string[]>();
  readonly #nodes: readonly string[];
  readonly #wallets: ReadonlySet<string>;
  readonly #actors: ReadonlyMap<string, ActorKind | undefined>;
  readonly #payments = new Map<string, DocumentPath>();
  readonly #branches = new Set<string>();
  readonly #links = new Set<string>();

  constructor(written: WrittenScenario, nodes: readonly ScenarioNode[], kinds: ActorKinds, mistakes: Mistakes) {
    this.#mistakes = mistakes;
    this.#nodes = nodes.map((node) => node.name);
    for (const { name, group } of nodes) {
      this.#members.set(name, [name]);
      if (group !== undefined) this.#members.set(group, [...(this.#members.get(group) ?? []), name]);
    }
    this.#wallets = new Set(Object.keys(written.wallets ?? {}));
    this.#actors = new Map(
      Object.entries(written.actors ?? {}).map(([name, { kind }]) => [
        name,
        Object.hasOwn(kinds, kind) ? kinds[kind] : undefined,
      ]),
    );
  }

  /** The node that stands for the whole where one must be named. */
  first(): string {
    return this.#nodes[0] ?? "";
  }

  node(path: DocumentPath, name: string): string {
    const members = this.members(path, name);
    if (members.length > 1) {
      this.#mistakes.add(path, `${name} is a group of ${members.length}: name one of them, such as ${members[0]}`);
    }
    return members[0] ?? name;
  }

  /** A node, or all members of a group. */
  members(path: DocumentPath, name: string): readonly string[] {
    const members = this.#members.get(name);
    if (members === undefined) this.#mistakes.unknown(path, "node", name, [...this.#members.keys()]);
    return members ?? [];
  }

  nodes(path: DocumentPath, value: WrittenNodes): readonly string[] {
    if (value === ALL) return this.#nodes;
    if (typeof value === "string") return this.members(path, value);
    const all = value.flatMap((name, index) => (name === ALL ? this.#nodes : this.members([...path, index], name)));
    return [...new Set(all)];
  }

  /** Groups of nodes that have none in common. */
  groups(path: DocumentPath, written: readonly WrittenNodes[]): readonly (readonly string[])[] {
    const groups = written.map((group, index) => this.nodes([...path, index], group));
    const seen = new Set<string>();
    for (const [index, group] of groups.entries()) {
      const twice = group.find((name) => seen.has(name));
      if (twice !== undefined) this.refuse([...path, index], `${twice} is in another group already`);
      for (const name of group) seen.add(name);
    }
    return groups;
  }

  /** Says that two nodes have a link, for steps that change it. */
  declareLinks(links: readonly { readonly between: readonly [string, string] }[]): void {
    for (const { between } of links) this.#links.add(between.toSorted().join(" "));
  }

  linked(path: DocumentPath, between: readonly [string, string]): void {
    const known = between.every((name) => this.#members.has(name));
    if (known && !this.#links.has(between.toSorted().join(" "))) {
      this.refuse(path, `${between[0]} and ${between[1]} are not linked: topology has no such link`);
    }
  }

  refuse(path: DocumentPath, message: string): void {
    this.#mistakes.add(path, message);
  }

  wallet(path: DocumentPath, name: string): string {
    if (!this.#wallets.has(name)) this.#mistakes.unknown(path, "wallet", name, [...this.#wallets]);
    return name;
  }

  actor(path: DocumentPath, name: string): string {
    if (!this.#actors.has(name)) this.#mistakes.unknown(path, "actor", name, [...this.#actors.keys()]);
    return name;
  }

  /** An actor that steps may change. */
  adjustable(path: DocumentPath, name: string): string {
    const kind = this.#actors.get(this.actor(path, name));
    if (kind?.adjustable === false) {
      this.#mistakes.add(path, `${name} is neither a merchant nor an exchange: only those can be adjusted`);
    }
    return name;
  }

  /** `ACTOR.FIELD`: something that an actor of this kind tells at the end. */
  result(path: DocumentPath, name: string): { readonly actor: string; readonly field: string } {
    const dot = name.indexOf(".");
    const [actor, field] = dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1)];
    const known = this.#actors.get(this.actor(path, actor))?.results;
    if (known !== undefined && !known.includes(field)) {
      this.#mistakes.unknown(path, `result of ${actor}`, field, known);
    }
    return { actor, field };
  }

  /** A payment that a step makes. */
  declarePayment(path: DocumentPath, name: string): string {
    if (this.#payments.has(name)) this.#mistakes.add(path, `there is already a payment ${JSON.stringify(name)}`);
    this.#payments.set(name, path);
    return name;
  }

  payment(path: DocumentPath, name: string): string {
    if (this.#payments.has(name) || this.#ofActor(name, "payments")) return name;
    this.#mistakes.unknown(path, "payment", name, [...this.#payments.keys(), ...this.#formsOf("payments")]);
    return name;
  }

  declareBranch(node: string, name: string): string {
    this.#branches.add(`${node}/${name}`);
    return name;
  }

  /** A branch that some step opens on the node, or that an actor may. */
  branch(path: DocumentPath, node: string, name: string): string {
    if (this.#branches.has(`${node}/${name}`) || this.#ofActor(name, "branches")) return name;
    const known = [...this.#branches]
      .filter((key) => key.startsWith(`${node}/`))
      .map((key) => key.slice(node.length + 1));
    this.#mistakes.unknown(path, `branch of ${node}`, name, [...known, ...this.#formsOf("branches")]);
    return name;
  }

  /** `ACTOR.NAME`: what its kind calls one. */
  #ofActor(name: string, what: "payments" | "branches"): boolean {
    const dot = name.indexOf(".");
    const actor = name.slice(0, Math.max(0, dot));
    if (!this.#actors.has(actor)) return false;
    const form = name.slice(dot + 1).replace(/(?<![a-z0-9])[1-9]\d*$/, "N");
    // An unknown kind is a mistake of its own.
    return this.#actors.get(actor)?.[what].includes(form) ?? true;
  }

  #formsOf(what: "payments" | "branches"): readonly string[] {
    return [...this.#actors].flatMap(([name, kind]) => kind?.[what].map((form) => `${name}.${form}`) ?? []);
  }
}
