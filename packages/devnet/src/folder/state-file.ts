import { InputError } from "@forkyard/core/errors";
import { z } from "zod";
import type { DevnetNetwork } from "../config/devnet-config.ts";
import type { DevnetFolder } from "./layout.ts";
import { readIfThere, writePrivateFile } from "./private-file.ts";
import { isRunning, type ProcessIdentity, processIdentitySchema } from "./process-identity.ts";

/** One node of a run. */
export interface NodeState {
  readonly name: string;
  /** Absent while the node does not run. */
  readonly process?: ProcessIdentity | undefined;
  /** Absent before its first start. */
  readonly peerId?: string | undefined;
  readonly rpcPort: number;
  readonly p2pPort: number;
  /** URL. */
  readonly rpc: string;
  readonly cookieFile: string;
  readonly logFile: string;
  /** 0 to 1. */
  readonly hashShare: number;
  /** Hashes a second. */
  readonly hashRate: number;
  /** Names; the miner's own is the last. */
  readonly wallets: readonly string[];
  /** Names of the nodes it keeps links to. */
  readonly neighbours: readonly string[];
}

/** What a devnet's folder says of the run that wrote it, perhaps one that is over. */
export interface DevnetState {
  readonly version: 1;
  readonly network: DevnetNetwork;
  readonly supervisor: ProcessIdentity;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  /** True once every wallet is funded, the nodes agree and mining is on. */
  readonly ready: boolean;
  readonly nodes: readonly NodeState[];
}

const nodeStateSchema: z.ZodType<NodeState> = z.object({
  name: z.string(),
  process: processIdentitySchema.optional(),
  peerId: z.string().optional(),
  rpcPort: z.int(),
  p2pPort: z.int(),
  rpc: z.string(),
  cookieFile: z.string(),
  logFile: z.string(),
  hashShare: z.number(),
  hashRate: z.number(),
  wallets: z.array(z.string()),
  neighbours: z.array(z.string()),
});

const devnetStateSchema: z.ZodType<DevnetState> = z.object({
  version: z.literal(1),
  network: z.enum(["devnet", "regtest"]),
  supervisor: processIdentitySchema,
  startedMs: z.number(),
  ready: z.boolean(),
  nodes: z.array(nodeStateSchema),
});

export function writeState(folder: DevnetFolder, state: DevnetState): void {
  writePrivateFile(folder.stateFile, `${JSON.stringify(state, undefined, 2)}\n`);
}

/** The state of the last run; undefined when there never was one. @throws InputError when the file is damaged */
export function readState(folder: DevnetFolder): DevnetState | undefined {
  const text = readIfThere(folder.stateFile);
  if (text === undefined) return undefined;
  const result = devnetStateSchema.safeParse(parseJson(text));
  if (result.success) return result.data;
  throw new InputError(`${folder.stateFile} is damaged or of another version: remove it if no devnet runs there`);
}

/** The state of the devnet that runs here. @throws InputError when none does, saying how to start one */
export function runningState(folder: DevnetFolder): DevnetState {
  const state = readState(folder);
  if (state === undefined || !isRunning(state.supervisor)) {
    throw new InputError(`no devnet is running in ${folder.path}: start one with "forkyard up"`);
  }
  if (!state.ready) throw new InputError(`the devnet in ${folder.path} is still starting: try again in a moment`);
  return state;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema then refuses it, with a message that names the file.
    return undefined;
  }
}
