import { printable } from "@forkyard/core/printable";
import { INVALID_PARAMETER, MISC_ERROR, RpcError, TYPE_ERROR } from "../errors.ts";
import { helpText } from "../help-text.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { MAX_ARGUMENTS } from "../limits.ts";
import type { Method } from "../method.ts";
import { type Param, typeMismatch } from "../params.ts";

/** Arguments as they came: by position or by name. */
export type GivenArguments = readonly Json[] | JsonObject;

/**
 * Reads the arguments of a call by the method's declaration. Missing or too many ones are answered with the help text, as
 * bitcoind does.
 * @throws RpcError -1 -3 -8
 */
export function readArguments(method: Method, given: GivenArguments): Readonly<Record<string, unknown>> {
  const params = Object.entries(method.params);
  const values = isList(given) ? given : orderByName(params, given);
  const missing = params.some(([, param], i) => param.required && values[i] === undefined);
  if (missing || values.length > params.length) throw new RpcError(MISC_ERROR, helpText(method));
  checkTypes(params, values);
  const read: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  params.forEach(([name, param], i) => {
    const value = values[i];
    read[name] = isLeftOut(param, value) ? param.fallback : param.kind.read(value as Json, name);
  });
  return read;
}

/** A parameter that must be there is not left out by null: its kind says what is wrong with that. */
function isLeftOut(param: Param<unknown>, value: Json | undefined): boolean {
  return value === undefined || (value === null && !param.required);
}

/** All mismatches in one error, in bitcoind's form. */
function checkTypes(params: readonly [string, Param<unknown>][], values: readonly (Json | undefined)[]): void {
  const mismatches: Record<string, string> = {};
  params.forEach(([name, param], i) => {
    const value = values[i];
    if (isLeftOut(param, value)) return;
    const mismatch = typeMismatch(param.kind, value as Json);
    if (mismatch !== undefined) mismatches[`Position ${i + 1} (${name})`] = mismatch;
  });
  if (Object.keys(mismatches).length === 0) return;
  throw new RpcError(TYPE_ERROR, `Wrong type passed:\n${JSON.stringify(mismatches, undefined, 4)}`);
}

/** Named arguments in positional order; the name `args` may hold the first ones by position (Bitcoin Core). */
function orderByName(params: readonly [string, Param<unknown>][], given: JsonObject): (Json | undefined)[] {
  const unused = new Map(Object.entries(given));
  if (unused.size > MAX_ARGUMENTS) throw new RpcError(INVALID_PARAMETER, `More than ${MAX_ARGUMENTS} named parameters`);
  const byPosition = unused.get("args");
  const values: (Json | undefined)[] = [];
  if (Array.isArray(byPosition)) {
    values.push(...(byPosition as readonly Json[]));
    unused.delete("args");
  }
  params.forEach(([name, param], i) => {
    for (const accepted of param.alias === undefined ? [name] : [name, param.alias]) {
      const value = unused.get(accepted);
      if (value === undefined) continue;
      if (values[i] !== undefined) {
        throw new RpcError(INVALID_PARAMETER, `Parameter ${accepted} specified multiple times`);
      }
      values[i] = value;
      unused.delete(accepted);
    }
  });
  const [unknown] = unused.keys();
  if (unknown !== undefined) {
    throw new RpcError(INVALID_PARAMETER, `Unknown named parameter ${printable(unknown)}`);
  }
  return values;
}

function isList(given: GivenArguments): given is readonly Json[] {
  return Array.isArray(given);
}
