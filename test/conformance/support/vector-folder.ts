import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { gunzipSync } from "node:zlib";
import { repositoryRoot } from "../../repository-root.ts";
import type { VectorFile } from "./suite.ts";

/** Where the vectors are when nobody says: `FORKYARD_VECTORS`, else beside the repository. */
export function defaultVectorFolder(): string {
  return process.env["FORKYARD_VECTORS"] ?? join(repositoryRoot, "../shared/vectors");
}

/** All files below a folder, by path. Contents are read when asked for and not kept. */
export function vectorFiles(folder: string): VectorFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted()
    .map((path) => openFile(folder, path));
}

function openFile(folder: string, path: string): VectorFile {
  const bytes = (): Uint8Array => {
    const content = readFileSync(join(folder, path));
    return new Uint8Array(path.endsWith(".gz") ? gunzipSync(content) : content);
  };
  const text = (): string => new TextDecoder().decode(bytes());
  return {
    path,
    bytes,
    text,
    json: <T>(): T => JSON.parse(text()) as T,
    other: (name) => (existsSync(join(folder, name)) ? openFile(folder, name) : undefined),
  };
}
