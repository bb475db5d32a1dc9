import { readFileSync, statSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import { printable } from "@forkyard/core/printable";
import { parseDocument } from "yaml";
import { MAX_CONFIG_BYTES } from "../limits.ts";
import { type DevnetConfig, parseDevnetConfig } from "./devnet-config.ts";

/** What the command line says on top of a config file. */
export interface ConfigOverrides {
  readonly nodes?: number;
  readonly network?: string;
  readonly hashRate?: number;
  readonly portBase?: number;
}

/**
 * Reads a devnet file (YAML or JSON) and lays the command line's flags over it; without a file, the flags alone.
 * @throws InputError when the file cannot be read, is not YAML, or does not fit the schema
 */
export function loadDevnetConfig(file: string | undefined, overrides: ConfigOverrides): DevnetConfig {
  const document = file === undefined ? {} : readDocument(file);
  const listed = (document as { nodes?: unknown }).nodes;
  if (overrides.nodes !== undefined && Array.isArray(listed) && listed.length !== overrides.nodes) {
    throw new InputError(
      `${file} lists ${listed.length} nodes, --nodes says ${overrides.nodes}: leave one of them out`,
    );
  }
  const { nodes, ...others } = overrides;
  const count = nodes === undefined || Array.isArray(listed) ? {} : { nodes };
  return parseDevnetConfig({ ...document, ...defined(others), ...count }, file ?? "the command line");
}

function readDocument(file: string): object {
  let text: string;
  try {
    if (statSync(file).size > MAX_CONFIG_BYTES)
      throw new InputError(`${file} is longer than ${MAX_CONFIG_BYTES} bytes`);
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read the config file ${file}: ${(error as Error).message}`);
  }
  const document = parseYaml(text, file);
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new InputError(`${file} is not a devnet config: it must be a YAML or JSON object`);
  }
  return document;
}

/** A warning (of a tag that has no meaning, say) is an error here: the config would not be what was meant. */
function parseYaml(text: string, file: string): unknown {
  try {
    // At this level the library itself prints nothing.
    const document = parseDocument(text, { logLevel: "error" });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    return document.toJS();
  } catch (error) {
    const [firstLine = ""] = (error as Error).message.split("\n");
    throw new InputError(`${file} is neither YAML nor JSON: ${printable(firstLine)}`);
  }
}

/** The same object without members that are undefined, so that they hide nothing. */
function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;
}
