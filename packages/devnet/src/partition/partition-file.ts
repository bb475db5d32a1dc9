import { rmSync } from "node:fs";
import { z } from "zod";
import type { DevnetFolder } from "../folder/layout.ts";
import { readIfThere, writePrivateFile } from "../folder/private-file.ts";
import type { Groups } from "./groups.ts";

const groupsSchema = z.array(z.array(z.string()));

/** The cut that is in force, so that a node that is started again is cut off again; undefined when the net is whole. */
export function readPartition(folder: DevnetFolder): Groups | undefined {
  const text = readIfThere(folder.partitionFile);
  return text === undefined ? undefined : groupsSchema.parse(JSON.parse(text));
}

export function writePartition(folder: DevnetFolder, groups: Groups): void {
  writePrivateFile(folder.partitionFile, `${JSON.stringify(groups)}\n`);
}

export function clearPartition(folder: DevnetFolder): void {
  rmSync(folder.partitionFile, { force: true });
}
