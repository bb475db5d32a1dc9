import type { DocumentPath } from "../mistakes.ts";
import type { Condition } from "../model.ts";
import { millisecondsOf } from "../values.ts";
import type { WrittenCondition } from "../written.ts";
import type { Names } from "./names.ts";

/** A condition with everything that it names checked. */
export function buildCondition(written: WrittenCondition, path: DocumentPath, names: Names): Condition {
  const { at, height, blocks, confirmations, mempool, reorg, oneTip, actorDone, all, any } = written;
  const on = (key: string, name: string): string => names.node([...path, key, "on"], name);
  if (at !== undefined) return { kind: "at", atMs: millisecondsOf(at) };
  if (height !== undefined) return { kind: "height", node: on("height", height.on), atLeast: height.atLeast };
  if (blocks !== undefined) return { kind: "blocks", node: on("blocks", blocks.on), atLeast: blocks.atLeast };
  if (confirmations !== undefined) {
    const payment = names.payment([...path, "confirmations", "payment"], confirmations.payment);
    const node = on("confirmations", confirmations.on);
    return { kind: "confirmations", payment, node, atLeast: confirmations.atLeast };
  }
  if (mempool !== undefined) {
    const payment = names.payment([...path, "mempool", "payment"], mempool.payment);
    return { kind: "mempool", payment, node: on("mempool", mempool.on) };
  }
  if (reorg !== undefined) return { kind: "reorg", node: on("reorg", reorg.on), depth: reorg.depth };
  if (oneTip !== undefined) return { kind: "one-tip", nodes: names.nodes([...path, "oneTip"], oneTip) };
  if (actorDone !== undefined) return { kind: "actor-done", actor: names.actor([...path, "actorDone"], actorDone) };
  if (all !== undefined) return { kind: "all", of: conditions(all, [...path, "all"], names) };
  if (any !== undefined) return { kind: "any", of: conditions(any, [...path, "any"], names) };
  return branchCondition(written, path, names);
}

function branchCondition(written: WrittenCondition, path: DocumentPath, names: Names): Condition {
  const kind = written.branch === undefined ? "ahead" : "branch";
  const { node, branch, blocks } = written[kind] ?? { node: "", branch: "", blocks: 0 };
  const place = [...path, kind];
  const known = names.node([...place, "node"], node);
  return { kind, node: known, branch: names.branch([...place, "branch"], known, branch), blocks };
}

function conditions(written: readonly WrittenCondition[], path: DocumentPath, names: Names): readonly Condition[] {
  return written.map((condition, index) => buildCondition(condition, [...path, index], names));
}
