import { readFileSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import { NETWORK_NAMES } from "@forkyard/core/params/networks";
import type { CoinCacheOptions } from "@forkyard/storage/flush-policy";
import { DEFAULT_COIN_CACHE_BYTES, MAX_COIN_CACHE_BYTES, MIN_COIN_CACHE_BYTES } from "@forkyard/storage/limits";
import { z } from "zod";
import { type LaboratoryConfig, laboratoryConfigSchema } from "./laboratory/laboratory-config.ts";
import { MAX_NAME_CHARACTERS, MAX_WALLETS, MIN_KEPT_BLOCKS } from "./limits.ts";

const BYTES_PER_MEGABYTE = 1_000_000;
const MAX_PORT = 65_535;
const MAX_HASH_RATE = 1e9;
const MAX_STATIC_PEERS = 100;
const MAX_MINING_WORKERS = 64;

const name = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, "letters, digits, - and _ only")
  .max(MAX_NAME_CHARACTERS);
const host = z.literal("127.0.0.1", "RPC answers on 127.0.0.1 only");
const port = z.int().min(0).max(MAX_PORT);

/** The configuration of one node, with defaults filled in. */
export interface NodeConfig {
  /** Shown to peers and put into mined blocks. */
  readonly name: string;
  readonly network: string;
  readonly dataDir: string;
  readonly p2p: {
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
    /** Multiaddresses to stay connected with. */
    readonly staticPeers: readonly string[];
    /** Find peers of the same chain on the local network. */
    readonly mdns: boolean;
  };
  readonly rpc: { readonly host: string; readonly port: number };
  readonly mining: {
    /** Hashes a second; 0 switches mining off. */
    readonly hashRate: number;
    /** A wallet of this node or an address. */
    readonly payTo?: string | undefined;
    /** Threads for full power; one is used while throttled. 0: as many as there are cores. */
    readonly workers: number;
  };
  readonly wallets: readonly { readonly name: string }[];
  readonly database: {
    /** Memory for coins that are not on the disk yet, and for those read lately. */
    readonly cacheMegabytes: number;
    /** When coins go to the disk: now and then (bodies and undo data are enough to bring them forward), or with each block. */
    readonly coins: "now-and-then" | "each-block";
  };
  /** Delete bodies and undo data behind the last `keepBlocks` blocks; absent: keep all. */
  readonly prune?: { readonly keepBlocks: number } | undefined;
  /** File with the secret (64 hex digits) that the wallets' key files are encrypted with. */
  readonly walletSecretFile?: string | undefined;
  readonly log: { readonly level: LogLevel; readonly file?: string | undefined };
  /** For experiments: rules and defences of its own, a clock that can be set. Absent on ordinary nodes. */
  readonly laboratory?: LaboratoryConfig | undefined;
}

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Unknown keys are refused, so that a typo is not ignored. */
const nodeConfigSchema: z.ZodType<NodeConfig> = z.strictObject({
  name: name.default("node"),
  network: z.enum(NETWORK_NAMES as [string, ...string[]]),
  dataDir: z.string().min(1),
  p2p: z
    .strictObject({
      host: z.string().default("127.0.0.1"),
      port: port.default(0),
      staticPeers: z.array(z.string()).max(MAX_STATIC_PEERS).default([]),
      mdns: z.boolean().default(false),
    })
    .prefault({}),
  rpc: z.strictObject({ host: host.default("127.0.0.1"), port: port.default(0) }).prefault({}),
  mining: z
    .strictObject({
      hashRate: z.number().min(0).max(MAX_HASH_RATE).default(0),
      payTo: z.string().optional(),
      workers: z.int().min(0).max(MAX_MINING_WORKERS).default(0),
    })
    .prefault({}),
  wallets: z.array(z.strictObject({ name })).max(MAX_WALLETS).default([]),
  database: z
    .strictObject({
      cacheMegabytes: z
        .number()
        .min(MIN_COIN_CACHE_BYTES / BYTES_PER_MEGABYTE)
        .max(MAX_COIN_CACHE_BYTES / BYTES_PER_MEGABYTE)
        .default(DEFAULT_COIN_CACHE_BYTES / BYTES_PER_MEGABYTE),
      coins: z.enum(["now-and-then", "each-block"]).default("now-and-then"),
    })
    .prefault({}),
  prune: z.strictObject({ keepBlocks: z.int().min(MIN_KEPT_BLOCKS) }).optional(),
  walletSecretFile: z.string().optional(),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default("info"), file: z.string().optional() }).prefault({}),
  laboratory: laboratoryConfigSchema.optional(),
});

/** Reads a node's configuration from a YAML or JSON file. @throws InputError naming the file and the key. */
export async function readNodeConfig(file: string): Promise<NodeConfig> {
  return parseNodeConfig(await parseDocument(file), file);
}

/** Checks a configuration. @param source named in the error @throws InputError */
export function parseNodeConfig(document: unknown, source: string): NodeConfig {
  const result = nodeConfigSchema.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw new InputError(`${source}${where}: ${issue?.message ?? "not a node configuration"}`);
}

async function parseDocument(file: string): Promise<unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError(`cannot read the configuration ${file}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is read as YAML, whose library takes a twentieth of a node's start: devnets write JSON.
  }
  const { parse } = await import("yaml");
  try {
    // Warnings go to the terminal as they are, several lines of the file with them; only errors count here.
    return parse(text, { logLevel: "error" });
  } catch (error) {
    throw new InputError(`${file} is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** How a configured node keeps its coins. */
export function coinCacheOf({ database }: NodeConfig, monotonicMs: () => number): CoinCacheOptions {
  return {
    maxBytes: database.cacheMegabytes * BYTES_PER_MEGABYTE,
    flushEachBlock: database.coins === "each-block",
    monotonicMs,
  };
}
