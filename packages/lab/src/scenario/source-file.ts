import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from "yaml";
import { MAX_SCENARIO_BYTES, MAX_SCENARIO_DEPTH, MAX_SCENARIO_VALUES } from "../limits.ts";
import type { DocumentPath, PathMistake } from "./mistakes.ts";
import { ScenarioFileError, type ScenarioMistake } from "./scenario-file-error.ts";

/** A YAML text whose values know their place. Scenario files travel: sizes, depth and aliases are bounded. */
export class SourceFile {
  readonly name: string;
  /** The document as plain data. */
  readonly value: unknown;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  /** @throws ScenarioFileError when it is no YAML, too large or too deep */
  constructor(text: string, name: string) {
    this.name = name;
    this.#lines = new LineCounter();
    if (text.length > MAX_SCENARIO_BYTES) this.#refuse(0, `a scenario file has at most ${MAX_SCENARIO_BYTES} bytes`);
    const strange = text.indexOf("\uFFFD");
    if (strange >= 0) this.#refuse(strange, "this is not UTF-8 text");
    refuseDeepFlow(text, (offset) => this.#refuse(offset, tooDeep()));
    this.#document = parse(text, this.#lines, () => this.#refuse(0, tooDeep()));
    const [error] = [...this.#document.errors, ...this.#document.warnings];
    if (error !== undefined) this.#refuse(error.pos[0], wordsOf(error));
    this.value = this.#plain();
  }

  /** Where a value stands, or its key; the nearest thing around it when it is not there. */
  place(path: DocumentPath, atKey = false): { readonly line: number; readonly column: number } {
    let node: unknown = this.#document.contents;
    let offset = 0;
    for (const [depth, step] of path.entries()) {
      const around = this.#resolved(node);
      const pair = isMap(around) ? around.items.find(({ key }) => String(scalar(key)) === String(step)) : undefined;
      const next = isSeq(around) ? around.items[Number(step)] : pair?.value;
      const last = depth === path.length - 1;
      const start = startOf(next);
      offset = (last && atKey) || start === undefined ? (startOf(pair?.key) ?? offset) : start;
      if (next === undefined || next === null) break;
      node = next;
    }
    return this.#lineOf(offset);
  }

  located(mistake: PathMistake): ScenarioMistake {
    return { ...this.place(mistake.path, mistake.atKey), message: mistake.message };
  }

  #lineOf(offset: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  #refuse(offset: number, message: string): never {
    throw new ScenarioFileError(this.name, [{ ...this.#lineOf(offset), message }]);
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  /** The library's own conversion would spread aliases out without end. */
  #plain(): unknown {
    let values = 0;
    const convert = (node: unknown, depth: number, offset: number): unknown => {
      const at = startOf(node) ?? offset;
      values += 1;
      if (values > MAX_SCENARIO_VALUES) this.#refuse(at, `more than ${MAX_SCENARIO_VALUES} values, aliases counted`);
      if (depth > MAX_SCENARIO_DEPTH) this.#refuse(at, tooDeep());
      const value = this.#resolved(node);
      if (isAlias(node) && value === undefined) this.#refuse(at, `there is no anchor &${node.source} above`);
      if (isSeq(value)) return value.items.map((item) => convert(item, depth + 1, at));
      if (!isMap(value)) return scalar(value);
      return Object.fromEntries(
        value.items.map(({ key, value: member }) => {
          if (!isScalar(key) || String(key.value) === "__proto__") {
            this.#refuse(startOf(key) ?? at, "a key is a word");
          }
          return [String(key.value), convert(member, depth + 1, startOf(key) ?? at)];
        }),
      );
    };
    return convert(this.#document.contents, 0, 0);
  }
}

function parse(text: string, lineCounter: LineCounter, overflow: () => never): Document.Parsed {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true, logLevel: "error" });
  } catch (error) {
    // The parser calls itself for each level; what is nested by indentation is only known to it.
    if (error instanceof RangeError) return overflow();
    throw error;
  }
}

/** Brackets within brackets, before the parser sees them: each level costs it stack and time. */
function refuseDeepFlow(text: string, refuse: (offset: number) => never): void {
  let depth = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset];
    if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
    if (depth > MAX_SCENARIO_DEPTH * 8) refuse(offset);
  }
}

function scalar(node: unknown): unknown {
  return isScalar(node) ? node.value : null;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function tooDeep(): string {
  return `nested more than ${MAX_SCENARIO_DEPTH} deep`;
}

function wordsOf({ code, message }: YAMLError): string {
  if (code === "MULTIPLE_DOCS") return "a file holds one scenario: here begins another document";
  return message.split("\n")[0] ?? message;
}
