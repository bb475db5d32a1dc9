import { addressJson } from "../format/address-json.ts";
import { helpIndex, helpText } from "../help-text.ts";
import type { Json } from "../json/json.ts";
import { type Method, method } from "../method.ts";
import { anything, integer, optional, required, text } from "../params.ts";
import { tryScriptOf } from "./lookups.ts";

const uptime = method({
  name: "uptime",
  group: "Control",
  about: "Seconds since the node started.",
  params: {},
  handle: (_, { node }) => Math.floor((node.clock.nowMs() - node.startedAtMs) / 1000),
});

const help = method({
  name: "help",
  group: "Control",
  about: "Lists all methods, or explains one.",
  params: { command: optional(text, "", "The method to explain") },
  handle: ({ command }, { methods }) => {
    if (command === "") return helpIndex(methods);
    const found = methods.get(command);
    return found === undefined ? `help: unknown command: ${command}` : helpText(found);
  },
});

const stop = method({
  name: "stop",
  group: "Control",
  about: "Asks the node to stop.",
  params: { wait: optional(integer, 0, "Has no effect: the answer is sent before the node stops") },
  handle: (_, { node }) => {
    node.stop();
    return "Forkyard stopping";
  },
});

const ECHO_ARGUMENTS = 10;
const echoed = optional(anything, undefined, "Anything");

const echo = method({
  name: "echo",
  group: "Util",
  about: "Gives its arguments back, as they are.",
  params: Object.fromEntries(Array.from({ length: ECHO_ARGUMENTS }, (_, i) => [`arg${i}`, echoed])),
  handle: (args) => trimUndefined(Object.values(args)),
});

/** Arguments up to the last one that was given; gaps become null. */
function trimUndefined(values: readonly (Json | undefined)[]): Json {
  const count = values.findLastIndex((value) => value !== undefined) + 1;
  return values.slice(0, count).map((value) => value ?? null);
}

const validateAddress = method({
  name: "validateaddress",
  group: "Util",
  about: "Says whether a text is an address of this network, and what it pays to.",
  params: { address: required(text, "The address") },
  handle: ({ address }, { node }) => {
    const script = tryScriptOf(node, address);
    if (script !== undefined) return { isvalid: true, address, ...addressJson(script) };
    const error = "Invalid or unsupported Segwit (Bech32) or Base58 encoding.";
    return { isvalid: false, error_locations: [], error };
  },
});

export const controlMethods: readonly Method[] = [uptime, help, stop, echo, validateAddress];
