/**
 * Documents that state a structure are held to it: paths they name exist, links lead somewhere, the table of packages is
 * that of the import rules, the table of keys is that of the store, and the tables of commands are what the command knows.
 */
import assert from "node:assert/strict";
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { buildProgram } from "forkyard/program";
import { repositoryRoot } from "../repository-root.ts";

type Command = ReturnType<typeof buildProgram>;

const ARCHITECTURE = "docs/ARCHITECTURE.md";
const READMES = ["README.md", "README.zh-CN.md"];
const DOCUMENTS = globSync(["*.md", "docs/**/*.md"], { cwd: repositoryRoot });
/** A path from the top of the repository that does not stand in a longer one; it may hold stars. */
const PATH = /(?<![\w./-])(?:packages|test|configs|docs|docker)\/[\w./*-]*[\w/]/g;
const LINK = /\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g;
const TABLE_OF_COMMANDS = /<!-- commands:.*?-->\n(.*?)\n\n/s;
const OPTION = /--[a-z][a-z0-9-]*/g;

function read(file: string): string {
  return readFileSync(join(repositoryRoot, file), "utf8");
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return Array.from(text.matchAll(pattern), (match) => match[1] ?? match[0]);
}

/** The part of a document from a heading to the next of the same rank. */
function section(file: string, heading: string): string {
  const found = read(file)
    .split(/^(?=## )/m)
    .find((part) => part.startsWith(`## ${heading}\n`));
  assert.ok(found !== undefined, `${file} has no section ${heading}`);
  return found;
}

/** Cells of the rows of a Markdown table whose first cell is code, without the backticks. */
function codeRows(text: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")));
}

/** Letter and fields of the rows of a table of keys, blanks left out. */
function keyRows(text: string): readonly string[] {
  return matches(text, /\| [a-z] +\|[^|]*\|/g).map((row) => row.replaceAll(" ", ""));
}

/** Every command with its arguments as its help shows them; sub-commands instead of their parent. */
function usages(commands: readonly Command[], parents = ""): readonly string[] {
  return commands.flatMap((command) => {
    const name = `${parents}${command.name()}`;
    if (command.commands.length > 0) return usages(command.commands, `${name} `);
    return [`${name} ${command.usage().replace("[options]", "")}`.replaceAll(/ +/g, " ").trim()];
  });
}

function optionsOf(command: Command): readonly string[] {
  return [...command.options.map((option) => option.long ?? ""), ...command.commands.flatMap(optionsOf)];
}

describe("paths and links", () => {
  for (const file of DOCUMENTS) {
    test(file, () => {
      const text = read(file);
      const missing = matches(text, PATH).filter((path) => globSync(path, { cwd: repositoryRoot }).length === 0);
      const dead = matches(text, LINK).filter((target) => !existsSync(join(repositoryRoot, dirname(file), target)));
      assert.deepEqual([...missing, ...dead], []);
    });
  }
});

describe(ARCHITECTURE, () => {
  const packages = codeRows(section(ARCHITECTURE, "Packages"));

  test("has a row for every package and for nothing else", () => {
    const rows = new Set(packages.map(([name]) => name));
    assert.deepEqual(rows, new Set(readdirSync(join(repositoryRoot, "packages"))));
  });

  test("says who may import whom as the import rules do", async () => {
    const rules = (await import(join(repositoryRoot, ".dependency-cruiser.mjs"))) as {
      readonly default: { readonly forbidden: readonly { readonly name: string; readonly comment?: string }[] };
    };
    for (const [name, , imports] of packages) {
      const rule = rules.default.forbidden.find((candidate) => candidate.name === `imports-of-${name}`);
      assert.equal(`${name} may import ${imports === "nobody" ? "no other package" : imports}`, rule?.comment);
    }
  });

  test("has the table of keys as the store has it", () => {
    const rows = keyRows(section(ARCHITECTURE, "Storage"));
    assert.ok(rows.length > 0);
    assert.deepEqual(rows, keyRows(read("packages/storage/src/keys.ts")));
  });
});

describe("tables of commands", () => {
  const program = buildProgram();
  for (const file of READMES) {
    const text = read(file);
    const table = TABLE_OF_COMMANDS.exec(text)?.[1] ?? "";

    test(`${file} lists what the command knows`, () => {
      assert.deepEqual(
        codeRows(table).map(([usage]) => usage),
        usages(program.commands),
      );
    });

    test(`${file} uses no option that is not there`, () => {
      const known = optionsOf(program);
      const used = [table, ...matches(text, /^npx forkyard .*$/gm)].flatMap((line) => matches(line, OPTION));
      assert.ok(used.length > 0);
      assert.deepEqual(
        used.filter((option) => !known.includes(option)),
        [],
      );
    });
  }
});
