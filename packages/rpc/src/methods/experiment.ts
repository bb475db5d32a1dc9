/** What experiments do to nodes: clocks, rules, final blocks, mining that is not like everybody's. Times are milliseconds. */
import type { BlockHash, Txid } from "@forkyard/core/hash";
import { INVALID_PARAMETER, RpcError } from "../errors.ts";
import { MAX_CLOCK_OFFSET_MS, MAX_CLOCK_PACE, MAX_GENERATE_BLOCKS } from "../limits.ts";
import { type Method, method } from "../method.ts";
import { hash, integer, listOf, optional, real, required, text } from "../params.ts";
import { blockWishes, readWishes } from "./block-wishes.ts";
import { scriptOf } from "./lookups.ts";

const group = "Forkyard";

const mineBlocks = method({
  name: "forkyard_mineblocks",
  group,
  heavy: true,
  about: "Mines blocks on the tip at full power, of a certain kind, and gives their hashes.",
  params: {
    blocks: required(integer, `How many, 1 to ${MAX_GENERATE_BLOCKS}`),
    address: required(text, "Where the rewards go"),
    wishes: blockWishes,
  },
  handle: ({ blocks, address, wishes }, { node, signal }) => {
    if (blocks < 1 || blocks > MAX_GENERATE_BLOCKS) {
      throw new RpcError(INVALID_PARAMETER, `blocks must be between 1 and ${MAX_GENERATE_BLOCKS}`);
    }
    const scriptPubKey = scriptOf(node, address, "Error: Invalid address");
    return node.mining.generate({
      scriptPubKey,
      blocks,
      maxTries: Number.POSITIVE_INFINITY,
      signal,
      ...readWishes(wishes),
    });
  },
});

const setClock = method({
  name: "forkyard_setclock",
  group,
  about: "Sets the clock of a node of an experiment: where it stood at a moment, how fast it goes, how wrong it is.",
  params: {
    machineMs: required(real, "Milliseconds since 1970 by the machine's clock, at which the node's showed timeMs"),
    timeMs: required(real, "Milliseconds since 1970"),
    pace: optional(real, 1, "Seconds of the node's clock in a second of the machine's"),
    offsetMs: optional(real, 0, "How wrong the node's clock is"),
  },
  handle: ({ machineMs, timeMs, pace, offsetMs }, { node }) => {
    if (!(pace > 0 && pace <= MAX_CLOCK_PACE)) {
      throw new RpcError(INVALID_PARAMETER, `pace must be above 0 and at most ${MAX_CLOCK_PACE}`);
    }
    if (!(Math.abs(offsetMs) <= MAX_CLOCK_OFFSET_MS)) {
      throw new RpcError(INVALID_PARAMETER, `offsetMs must be within ${MAX_CLOCK_OFFSET_MS}`);
    }
    node.lab.setClock({ machineMs, timeMs, pace, offsetMs });
    return null;
  },
});

const setRules = method({
  name: "forkyard_setrules",
  group,
  heavy: true,
  about: "Makes a node of an experiment go over to other rules, as an upgrade does.",
  params: {
    rules: required(text, 'A rule variant; "none": the network\'s own rules'),
    checkedFrom: optional(integer, 1, "Height of the first block that is held against them"),
  },
  handle: async ({ rules, checkedFrom }, { node }) => {
    await node.lab.setRules(rules, checkedFrom);
    return null;
  },
});

const lockBlock = method({
  name: "forkyard_lockblock",
  group,
  heavy: true,
  about:
    "Makes a block final for a node of an experiment that has checkpoints or chainlocks; for others nothing changes.",
  params: {
    blockhash: required(hash<BlockHash>(), "The block's hash; the node need not know it"),
    height: required(integer, "Its height"),
  },
  handle: async ({ blockhash, height }, { node }) => {
    await node.lab.lockBlock(blockhash, height);
    return null;
  },
});

const setMiningPolicy = method({
  name: "forkyard_setminingpolicy",
  group,
  about: "Transactions that this node never mines, instead of those before; an empty list ends it.",
  params: {
    censor: required(listOf(hash<Txid>()), "Transaction ids"),
    featherBlocks: optional(integer, undefined, "Do not build on blocks that hold one, until so many behind"),
  },
  handle: ({ censor, featherBlocks }, { node }) => {
    if (featherBlocks !== undefined && featherBlocks < 1) {
      throw new RpcError(INVALID_PARAMETER, "featherBlocks must be 1 or more");
    }
    node.lab.setMiningPolicy({ censor, featherBlocks });
    return null;
  },
});

export const experimentMethods: readonly Method[] = [mineBlocks, setClock, setRules, lockBlock, setMiningPolicy];
