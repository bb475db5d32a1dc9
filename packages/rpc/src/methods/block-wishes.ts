import { INVALID_PARAMETER, RpcError } from "../errors.ts";
import type { BlockWishes } from "../experiment-api.ts";
import type { JsonObject } from "../json/json.ts";
import { MAX_TAG_CHARACTERS, MAX_TIME_STEP_SECONDS } from "../limits.ts";
import { flag, integer, object, optional, type Param, readChecked, text } from "../params.ts";

const KEYS: ReadonlySet<string> = new Set(["empty", "version", "tag", "timeStepSeconds"]);

/** Parameter of methods that mine. */
export const blockWishes: Param<JsonObject> = optional(
  object,
  {},
  '{ "empty": true, "version": N, "tag": "TEXT", "timeStepSeconds": N }, all optional: no transactions, header version, text in the coinbase, header times so far apart',
);

/** @throws RpcError for a wish that no block can fulfil */
export function readWishes(given: JsonObject): { readonly wishes?: BlockWishes } {
  if (Object.keys(given).length === 0) return {};
  const unknown = Object.keys(given).find((key) => !KEYS.has(key));
  if (unknown !== undefined) throw new RpcError(INVALID_PARAMETER, `wishes have no ${JSON.stringify(unknown)}`);
  const { empty, version, tag, timeStepSeconds } = given;
  const wishes = {
    empty: empty === undefined ? undefined : readChecked(flag, empty, "empty"),
    version: version === undefined ? undefined : readChecked(integer, version, "version"),
    tag: tag === undefined ? undefined : readChecked(text, tag, "tag"),
    timeStepSeconds:
      timeStepSeconds === undefined ? undefined : readChecked(integer, timeStepSeconds, "timeStepSeconds"),
  };
  if (!/^[\x20-\x7e]*$/.test(wishes.tag ?? "") || (wishes.tag ?? "").length > MAX_TAG_CHARACTERS) {
    throw new RpcError(INVALID_PARAMETER, `tag must be at most ${MAX_TAG_CHARACTERS} printable ASCII characters`);
  }
  const step = wishes.timeStepSeconds ?? 0;
  if (step < 0 || step > MAX_TIME_STEP_SECONDS) {
    throw new RpcError(INVALID_PARAMETER, `timeStepSeconds must be between 0 and ${MAX_TIME_STEP_SECONDS}`);
  }
  return { wishes };
}
