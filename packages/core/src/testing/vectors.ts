import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";

/**
 * Public conformance data, which is not part of this repository. The folder is `FORKYARD_VECTORS`, else
 * `../shared/vectors` beside the repository. Only tests import this file: it alone in core reads files.
 */
export interface Vectors {
  /** Content of a file; a name that ends in `.gz` is unpacked. */
  bytes(path: string): Uint8Array;
  text(path: string): string;
  json<T>(path: string): T;
}

const REPOSITORY = join(import.meta.dirname, "../../../..");

/** The data, or undefined where it is missing. */
export function openVectors(): Vectors | undefined {
  const folder = process.env["FORKYARD_VECTORS"] ?? join(REPOSITORY, "../shared/vectors");
  if (!existsSync(join(folder, "INDEX.md"))) return undefined;
  const bytes = (path: string): Uint8Array => {
    const content = readFileSync(join(folder, path));
    return new Uint8Array(path.endsWith(".gz") ? gunzipSync(content) : content);
  };
  const text = (path: string): string => new TextDecoder().decode(bytes(path));
  return { bytes, text, json: <T>(path: string): T => JSON.parse(text(path)) as T };
}

/** A suite over the data; one skipped line where it is missing. */
export function describeVectors(name: string, body: (vectors: Vectors) => void): void {
  const vectors = openVectors();
  if (vectors === undefined) test(name, { skip: "no conformance data: set FORKYARD_VECTORS to its folder" });
  else describe(name, () => body(vectors));
}
