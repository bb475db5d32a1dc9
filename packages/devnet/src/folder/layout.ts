import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { InputError } from "@forkyard/core/errors";

/** Where the files of one devnet lie; see the functions for those of a node. */
export interface DevnetFolder {
  readonly path: string;
  /** What runs here and how to reach it. */
  readonly stateFile: string;
  /** Held by the process that runs the devnet. */
  readonly lockFile: string;
  /** Groups that are cut off from one another; absent when the net is whole. */
  readonly partitionFile: string;
  /** 32 random bytes in hexadecimal; the wallets' key files are encrypted with it. */
  readonly walletSecretFile: string;
  /** What the supervisor says when it runs without a terminal. */
  readonly supervisorLog: string;
}

/** Where the files of one node lie. */
export interface NodeFolder {
  readonly path: string;
  readonly configFile: string;
  readonly cookieFile: string;
  readonly logFile: string;
}

const DEVNET_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** The name of the devnet that commands mean when they name none. */
export const DEFAULT_DEVNET = "default";

/**
 * The folder of a devnet: `directory` itself, or the sub-folder `name` of $FORKYARD_HOME (else ~/.forkyard).
 * @throws InputError for a name that cannot be a folder's
 */
export function devnetFolder(
  choice: { readonly directory?: string; readonly name?: string },
  environment: Readonly<Record<string, string | undefined>>,
): DevnetFolder {
  const name = choice.name ?? DEFAULT_DEVNET;
  if (!DEVNET_NAME.test(name)) {
    throw new InputError(
      `${JSON.stringify(name)} cannot be a devnet's name: give 1 to 32 lower-case letters, digits and hyphens, a letter first`,
    );
  }
  const home = environment["FORKYARD_HOME"] ?? join(homedir(), ".forkyard");
  const path = resolve(choice.directory ?? join(home, name));
  return {
    path,
    stateFile: join(path, "devnet.json"),
    lockFile: join(path, "devnet.lock"),
    partitionFile: join(path, "partition.json"),
    walletSecretFile: join(path, "wallet-secret"),
    supervisorLog: join(path, "supervisor.log"),
  };
}

/** The folder of one node within a devnet's. */
export function nodeFolder(devnet: DevnetFolder, name: string): NodeFolder {
  const path = join(devnet.path, name);
  return {
    path,
    configFile: join(path, "node.json"),
    cookieFile: join(path, ".cookie"),
    logFile: join(path, "node.log"),
  };
}
