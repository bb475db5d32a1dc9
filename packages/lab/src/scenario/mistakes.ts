import { didYouMean } from "./did-you-mean.ts";

/** Keys and places of a list, from the top of the document. */
export type DocumentPath = readonly (string | number)[];

/** A mistake with its place as a path; `atKey`: the key itself is wrong, not its value. */
export interface PathMistake {
  readonly path: DocumentPath;
  readonly atKey: boolean;
  readonly message: string;
}

/** Gathers what is wrong, so that a person sees more than the first. */
export class Mistakes {
  readonly found: PathMistake[] = [];

  add(path: DocumentPath, message: string): void {
    this.found.push({ path, atKey: false, message });
  }

  addAtKey(path: DocumentPath, message: string): void {
    this.found.push({ path, atKey: true, message });
  }

  /** @param known what is there, shown when it is short */
  unknown(path: DocumentPath, what: string, name: string, known: readonly string[]): void {
    const list = known.length === 0 ? "there is none" : `known here: ${shortList(known)}`;
    this.add(path, `unknown ${what} ${JSON.stringify(name)}${didYouMean(name, known)} (${list})`);
  }
}

const MAX_SHOWN = 20;

function shortList(names: readonly string[]): string {
  return names.length <= MAX_SHOWN ? names.join(", ") : `${names.slice(0, MAX_SHOWN).join(", ")} …`;
}
