import { InputError } from "@forkyard/core/errors";

/** Nodes, by name, that may talk to one another and to nobody else. */
export type Groups = readonly (readonly string[])[];

/**
 * Reads groups of nodes: "A,B / C,D,E", in one word or several. A node is named in full ("node2") or by its number ("2").
 * Nodes that are not named stay together in one more group.
 * @throws InputError for unknown or repeated nodes, or fewer than two groups
 */
export function parseGroups(words: readonly string[], nodeNames: readonly string[]): Groups {
  const named = words
    .join(" ")
    .split("/")
    .map((group) => group.split(/[\s,]+/).filter((word) => word !== ""))
    .filter((group) => group.length > 0)
    .map((group) => group.map((word) => nodeByWord(word, nodeNames)));
  refuseRepeats(named.flat());
  const rest = nodeNames.filter((name) => !named.flat().includes(name));
  const groups = rest.length === 0 ? named : [...named, rest];
  if (groups.length < 2) {
    throw new InputError(
      `a partition needs two groups at least: separate them by a slash, as in "${example(nodeNames)}"`,
    );
  }
  return groups;
}

/** The node that a word means. @throws InputError listing the nodes there are */
export function nodeByWord(word: string, nodeNames: readonly string[]): string {
  const name =
    nodeNames.find((known) => known === word) ?? (/^\d{1,3}$/.test(word) ? nodeNames[Number(word) - 1] : undefined);
  if (name === undefined)
    throw new InputError(`there is no node ${JSON.stringify(word)}: the nodes are ${nodeNames.join(", ")}`);
  return name;
}

/** The nodes that a node is cut off from. */
export function blockedFor(node: string, groups: Groups): readonly string[] {
  const own = groups.find((group) => group.includes(node)) ?? [];
  return groups.flat().filter((other) => !own.includes(other));
}

function refuseRepeats(names: readonly string[]): void {
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw new InputError(`${twice} is in two groups: name each node once`);
}

function example(nodeNames: readonly string[]): string {
  const half = Math.ceil(nodeNames.length / 2);
  return `${nodeNames.slice(0, half).join(",")} / ${nodeNames.slice(half).join(",")}`;
}
