import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { fromHex, isHex, toHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import type { Random } from "@forkyard/core/ports/random";
import { createIdentity } from "@forkyard/network/transport/libp2p/identity";

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** Where a node keeps what. */
export interface DataFolder {
  readonly path: string;
  readonly chain: string;
  readonly wallets: string;
  readonly identityFile: string;
}

/** Makes the folder when it is not there. @throws InputError when it cannot be used */
export function openDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true, mode: OWNER_ONLY_FOLDER });
  } catch (error) {
    throw new InputError(`cannot use the data folder ${path}: ${(error as Error).message}`);
  }
  return {
    path,
    chain: join(path, "chain"),
    wallets: join(path, "wallets"),
    identityFile: join(path, "identity.key"),
  };
}

/** The node's network identity, made at the first start. @throws InputError when the file is damaged */
export function loadIdentity(file: string, random: Random): Uint8Array {
  if (!existsSync(file)) {
    const identity = createIdentity(random);
    writeFileSync(file, `${identityText(toHex(identity))}\n`, { mode: OWNER_ONLY_FILE, flag: "wx" });
    return identity;
  }
  chmodSync(file, OWNER_ONLY_FILE);
  const text = readFileSync(file, "utf8").trimEnd();
  const [key = ""] = text.split(" ");
  if (!isHex(key) || text !== identityText(key)) {
    throw new InputError(`${file} is damaged: remove it and the node makes itself a new identity`);
  }
  return fromHex(key);
}

/** The key and a checksum over it: a changed key would be as good a key, and a stranger to every peer. */
function identityText(keyHex: string): string {
  return `${keyHex} ${crc32(keyHex).toString(16).padStart(8, "0")}`;
}

/** Bytes of the files in a folder; files that vanish meanwhile count nothing. */
export function folderBytes(path: string): number {
  let bytes = 0;
  for (const name of readdirSync(path)) {
    bytes += statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
