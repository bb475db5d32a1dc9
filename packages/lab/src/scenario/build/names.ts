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
  readonly #actors: ReadonlySet<string>;
  readonly #payments = new Map<string, DocumentPath>();
  readonly #branches = new Set<string>();

  constructor(written: WrittenScenario, nodes: readonly ScenarioNode[], mistakes: Mistakes) {
    this.#mistakes = mistakes;
    this.#nodes = nodes.map((node) => node.name);
    for (const { name, group } of nodes) {
      this.#members.set(name, [name]);
      if (group !== undefined) this.#members.set(group, [...(this.#members.get(group) ?? []), name]);
    }
    this.#wallets = new Set(Object.keys(written.wallets ?? {}));
    this.#actors = new Set(Object.keys(written.actors ?? {}));
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

  wallet(path: DocumentPath, name: string): string {
    if (!this.#wallets.has(name)) this.#mistakes.unknown(path, "wallet", name, [...this.#wallets]);
    return name;
  }

  actor(path: DocumentPath, name: string): string {
    if (!this.#actors.has(name)) this.#mistakes.unknown(path, "actor", name, [...this.#actors]);
    return name;
  }

  /** A payment that a step makes. */
  declarePayment(path: DocumentPath, name: string): string {
    if (this.#payments.has(name)) this.#mistakes.add(path, `there is already a payment ${JSON.stringify(name)}`);
    this.#payments.set(name, path);
    return name;
  }

  payment(path: DocumentPath, name: string): string {
    if (this.#payments.has(name) || this.#ofActor(name)) return name;
    this.#mistakes.unknown(path, "payment", name, [...this.#payments.keys()]);
    return name;
  }

  declareBranch(node: string, name: string): string {
    this.#branches.add(`${node}/${name}`);
    return name;
  }

  /** A branch that some step opens on the node, or that an actor may. */
  branch(path: DocumentPath, node: string, name: string): string {
    if (this.#branches.has(`${node}/${name}`) || this.#ofActor(name)) return name;
    const known = [...this.#branches]
      .filter((key) => key.startsWith(`${node}/`))
      .map((key) => key.slice(node.length + 1));
    this.#mistakes.unknown(path, `branch of ${node}`, name, known);
    return name;
  }

  /** `ACTOR.NAME`: what an actor calls it is only known to its kind. */
  #ofActor(name: string): boolean {
    const dot = name.indexOf(".");
    return dot > 0 && this.#actors.has(name.slice(0, dot));
  }
}
