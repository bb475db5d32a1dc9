import { didYouMean } from "../did-you-mean.ts";

/** Values for paths into a document: `actors.shop.confirmations` to 12. */
export type Settings = Readonly<Record<string, unknown>>;

/** Why a path cannot be set. */
export interface SettingFault {
  readonly setting: string;
  readonly message: string;
}

/**
 * A copy of a document with some values changed. The last key of a path may be new; what is above it must be there.
 * `nodes.NAME.hash` also reaches a node that is written as its share alone.
 */
export function withSettings(
  document: unknown,
  settings: Settings,
): { readonly document: unknown; readonly faults: readonly SettingFault[] } {
  let changed = document;
  const faults: SettingFault[] = [];
  for (const [setting, value] of Object.entries(settings)) {
    const result = replaced(changed, setting.split("."), value, "");
    if (typeof result === "string") faults.push({ setting, message: result });
    else changed = result.document;
  }
  return { document: changed, faults };
}

/** The document with the value at the path, or what is wrong with the path. */
function replaced(
  document: unknown,
  path: readonly string[],
  value: unknown,
  above: string,
): { readonly document: unknown } | string {
  const [key, ...rest] = path;
  if (key === undefined) return { document: value };
  const container = above === "nodes" || !/^nodes\.[^.]+$/.test(above) ? document : nodeMapping(document);
  if (typeof container !== "object" || container === null)
    return `there is nothing at ${above === "" ? "the top" : above}`;
  const known = Object.keys(container);
  const there = Object.hasOwn(container, key);
  if (key === "" || key === "__proto__") return "a path is keys with dots between them";
  if (!there && (rest.length > 0 || Array.isArray(container))) {
    return `there is no ${JSON.stringify(key)} in ${above === "" ? "the file" : above}${didYouMean(key, known)}`;
  }
  const inner = replaced(
    (container as Record<string, unknown>)[key],
    rest,
    value,
    above === "" ? key : `${above}.${key}`,
  );
  if (typeof inner === "string") return inner;
  if (Array.isArray(container)) {
    return { document: container.map((item, index) => (String(index) === key ? inner.document : item)) };
  }
  return { document: { ...container, [key]: inner.document } };
}

/** `name: 40%` is short for `name: { hash: 40% }`. */
function nodeMapping(node: unknown): unknown {
  if (typeof node === "string") return { hash: node };
  return node ?? {};
}
