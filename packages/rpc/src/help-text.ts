import type { Method, MethodTable } from "./method.ts";
import type { Param } from "./params.ts";

/** One line: the name and the parameters, optional ones in parentheses, as bitcoind shows it. */
export function usageLine(method: Method): string {
  const words = Object.entries(method.params).map(([name, param]) => {
    const shown = param.kind.label === "string" ? `"${name}"` : name;
    return param.required ? shown : `( ${shown} )`;
  });
  return [method.name, ...words].join(" ");
}

/** The usage line, what the method does, and a line for each parameter. */
export function helpText(method: Method): string {
  const lines = [usageLine(method), "", method.about];
  const params = Object.entries(method.params);
  if (params.length > 0) lines.push("", "Arguments:");
  params.forEach(([name, param], index) => lines.push(`${index + 1}. ${name} ${describe(param)}`));
  return lines.join("\n");
}

/** Usage lines of all methods under the titles of their groups. */
export function helpIndex(methods: MethodTable): string {
  const groups = new Map<string, string[]>();
  for (const method of methods.values()) {
    const lines = groups.get(method.group) ?? [];
    lines.push(usageLine(method));
    groups.set(method.group, lines);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, lines]) => [`== ${group} ==`, ...lines.toSorted()].join("\n"))
    .join("\n\n");
}

function describe(param: Param<unknown>): string {
  return `(${param.kind.label}, ${param.required ? "required" : "optional"}) ${param.about}`;
}
