import { DEFAULT_EXEC_LIMIT_MS, MAX_EXEC_LIMIT_MS } from "../../limits.ts";
import type { DocumentPath } from "../mistakes.ts";
import type { Action } from "../model.ts";
import { millisecondsOf } from "../values.ts";
import type { WrittenAction } from "../written.ts";
import type { Names } from "./names.ts";

/** Actions of operators, one for each member of a group, and those whose blocks or transactions are only known later. */
export function buildOperator(written: WrittenAction, path: DocumentPath, names: Names): readonly Action[] | undefined {
  const { invalidate, reconsider, adjust } = written;
  if (invalidate !== undefined) {
    const place = [...path, "invalidate"];
    const tipOf = names.node([...place, "tipOf"], invalidate.tipOf);
    const depth = invalidate.depth ?? 0;
    return names
      .members([...place, "node"], invalidate.node)
      .map((node) => ({ kind: "invalidate-branch", node, tipOf, depth }));
  }
  if (reconsider !== undefined) {
    return names.members([...path, "reconsider"], reconsider).map((node) => ({ kind: "reconsider", node }));
  }
  if (adjust !== undefined) {
    const { actor, ...change } = adjust;
    return [{ kind: "adjust", actor: names.adjustable([...path, "adjust", "actor"], actor), change }];
  }
  const single = ofOneNode(written, path, names);
  return single === undefined ? undefined : [single];
}

function ofOneNode(written: WrittenAction, path: DocumentPath, names: Names): Action | undefined {
  const { checkpoint, censor, withhold } = written;
  const node = (key: string, field: string, name: string): string => names.node([...path, key, field], name);
  if (checkpoint !== undefined) {
    return {
      kind: "checkpoint",
      nodes: names.nodes([...path, "checkpoint", "nodes"], checkpoint.nodes),
      tipOf: node("checkpoint", "tipOf", checkpoint.tipOf),
      depth: checkpoint.depth ?? 0,
    };
  }
  if (censor !== undefined) {
    return {
      kind: "censor",
      node: node("censor", "node", censor.node),
      payments: censor.payments.map((name, i) => names.payment([...path, "censor", "payments", i], name)),
      featherBlocks: censor.feather,
    };
  }
  if (withhold === undefined) return undefined;
  const place = node("withhold", "node", withhold.node);
  return { kind: "withhold-before", node: place, branch: withhold.branch, depth: withhold.depth ?? 0 };
}

export function buildExec(exec: NonNullable<WrittenAction["exec"]>): Action {
  const limitMs = exec.timeLimit === undefined ? DEFAULT_EXEC_LIMIT_MS : millisecondsOf(exec.timeLimit);
  return {
    kind: "exec",
    command: exec.command,
    expectExit: exec.expectExit ?? 0,
    timeLimitMs: Math.min(limitMs, MAX_EXEC_LIMIT_MS),
  };
}
