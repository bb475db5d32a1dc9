import { InputError } from "@forkyard/core/errors";
import { z } from "zod";
import { MAX_HASH_RATE, MAX_NAMED_WALLETS, MAX_NODES, MAX_PORT } from "../limits.ts";

/** Names of nodes and wallets are folder and file names too. */
const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const nameSchema = z
  .string()
  .regex(NAME, "a name is 1 to 32 lower-case letters, digits and hyphens and begins with a letter");

const nodeSchema = z.strictObject({
  name: nameSchema.optional().describe("Name of the node. Default: node1, node2 … by its place in the list."),
  hashShare: z
    .number()
    .min(0)
    .max(1_000_000)
    .default(1)
    .describe("Share of the hash power, in any unit: shares are divided by their sum. 0: the node does not mine."),
});

export type DevnetNetwork = "devnet" | "regtest";
export type Topology = "auto" | "mesh" | "ring" | "line";
export type RestartPolicy = "on-failure" | "never";
export type LogLevel = "debug" | "info" | "warn" | "error";

/** A devnet as configured, with what was left out filled in. */
export interface DevnetConfig {
  readonly network: DevnetNetwork;
  /** How many, or a list. */
  readonly nodes: number | readonly { readonly name?: string | undefined; readonly hashShare: number }[];
  /** Hashes a second of all nodes together; the network's default when absent. */
  readonly hashRate?: number | undefined;
  readonly topology: Topology;
  /** RPC port of the first node. */
  readonly portBase: number;
  /** Wallet name to node name. */
  readonly wallets?: Readonly<Record<string, string>> | undefined;
  readonly restart: RestartPolicy;
  readonly mdns: boolean;
  readonly logLevel: LogLevel;
}

/** What a person writes in a devnet file; every field may be left out. */
export const devnetConfigSchema: z.ZodType<DevnetConfig> = z.strictObject({
  $schema: z.string().optional().describe("For editors."),
  network: z.enum(["devnet", "regtest"]).default("devnet").describe("Rules of the chain. regtest is bitcoind's."),
  nodes: z
    .union([z.int().min(1).max(MAX_NODES), z.array(nodeSchema).min(1).max(MAX_NODES)])
    .default(5)
    .describe("How many nodes, or a list of them."),
  hashRate: z
    .number()
    .min(0)
    .max(MAX_HASH_RATE)
    .optional()
    .describe("Hashes a second of all nodes together. Default: 100000 on devnet, 0.4 on regtest. 0: nobody mines."),
  topology: z
    .enum(["auto", "mesh", "ring", "line"])
    .default("auto")
    .describe("Who keeps a link to whom. auto: everybody to everybody up to 8 nodes, beyond that a ring with chords."),
  portBase: z
    .int()
    .min(1024)
    .max(MAX_PORT)
    .default(18443)
    .describe("RPC port of the first node; its p2p port is the next; each further node is 10 higher."),
  wallets: z
    .record(nameSchema, nameSchema)
    .refine((wallets) => Object.keys(wallets).length <= MAX_NAMED_WALLETS, `at most ${MAX_NAMED_WALLETS} wallets`)
    .optional()
    .describe(
      "Wallet name: name of the node that holds it. Default: alice, bob and merchant on the first three nodes. The wallets miner1, miner2 … always exist, one on each node.",
    ),
  restart: z
    .enum(["on-failure", "never"])
    .default("on-failure")
    .describe("Whether a node that ends unasked is started again."),
  mdns: z.boolean().default(false).describe("Look for other nodes of this chain on the local network."),
  logLevel: z
    .enum(["debug", "info", "warn", "error"])
    .default("info")
    .describe("Least level that goes into the nodes' log files."),
});

/**
 * Checks a config and fills in what was left out.
 * @param source where it came from, for the message
 * @throws InputError naming the first thing that is wrong, in one line
 */
export function parseDevnetConfig(value: unknown, source: string): DevnetConfig {
  const result = devnetConfigSchema.safeParse(value ?? {});
  if (result.success) return result.data;
  const [first, ...others] = result.error.issues;
  const path = first === undefined || first.path.length === 0 ? "the document" : first.path.map(String).join(".");
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  throw new InputError(`${source}: ${path}: ${first?.message ?? "not a devnet config"}${more}`);
}
