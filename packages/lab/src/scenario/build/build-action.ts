import type { Command } from "../../world/command.ts";
import type { DocumentPath } from "../mistakes.ts";
import type { Action } from "../model.ts";
import { bytesPerSecondOf, fractionOf, millisecondsOf, offsetSecondsOf, satoshisOf } from "../values.ts";
import type { WrittenAction, WrittenLife } from "../written.ts";
import type { Names } from "./names.ts";
import { buildExec, buildOperator } from "./operator-actions.ts";

const MS_PER_SECOND = 1_000;

/** What a written action comes down to: mostly one command, several for hash power. */
export function buildAction(written: WrittenAction, path: DocumentPath, names: Names): readonly Action[] {
  if (written.exec !== undefined) return [buildExec(written.exec)];
  const operator = buildOperator(written, path, names);
  if (operator !== undefined) return operator;
  const commands =
    payments(written, path, names) ?? mining(written, path, names) ?? network(written, path, names) ?? [];
  return commands.map((command) => ({ kind: "command", command }));
}

function payments(written: WrittenAction, path: DocumentPath, names: Names): readonly Command[] | undefined {
  const { pay, doubleSpend, announce } = written;
  if (pay !== undefined) {
    return [
      {
        kind: "pay",
        payment: pay.id,
        from: names.wallet([...path, "pay", "from"], pay.from),
        to: names.wallet([...path, "pay", "to"], pay.to),
        amount: satoshisOf(pay.amount),
        ...(pay.feeRate === undefined ? {} : { feeRate: pay.feeRate }),
        ...(pay.into === undefined ? {} : { into: pay.into }),
      },
    ];
  }
  if (doubleSpend !== undefined) {
    const of = names.payment([...path, "doubleSpend", "of"], doubleSpend.of);
    if (of === doubleSpend.id) names.refuse([...path, "doubleSpend", "of"], "a payment cannot contradict itself");
    const { into, feeRate } = doubleSpend;
    const rate = feeRate === undefined ? {} : { feeRate };
    const base = { kind: "double-spend", payment: doubleSpend.id, of, ...rate } as const;
    if (into === "hold") return [{ ...base, into }];
    if (into.branch !== undefined) return [{ ...base, into: { branch: into.branch } }];
    return [
      { ...base, into: { mempoolOf: names.node([...path, "doubleSpend", "into", "mempoolOf"], into.mempoolOf ?? "") } },
    ];
  }
  if (announce === undefined) return undefined;
  const payment = names.payment([...path, "announce", "id"], announce.id);
  return [{ kind: "announce", payment, at: names.node([...path, "announce", "at"], announce.at) }];
}

function mining(written: WrittenAction, path: DocumentPath, names: Names): readonly Command[] | undefined {
  const { mine, hashPower, publish, abandon } = written;
  if (mine !== undefined) return [mineCommand(mine, [...path, "mine"], names)];
  if (hashPower !== undefined) {
    return Object.entries(hashPower).flatMap(([name, text]) => {
      const members = names.members([...path, "hashPower", name], name);
      return members.map((node): Command => ({ kind: "hash-power", node, share: fractionOf(text) / members.length }));
    });
  }
  const [key, given] = publish === undefined ? (["abandon", abandon] as const) : (["publish", publish] as const);
  if (given === undefined) return undefined;
  const node = names.node([...path, key, "node"], given.node);
  const branch = names.branch([...path, key, "branch"], node, given.branch);
  if (publish?.blocks !== undefined) return [{ kind: "publish", node, branch, blocks: publish.blocks }];
  return [{ kind: key, node, branch }];
}

function mineCommand(mine: NonNullable<WrittenAction["mine"]>, path: DocumentPath, names: Names): Command {
  const { blocks, branch, empty, version, tag, timeStep } = mine;
  const node = names.node([...path, "node"], mine.node);
  return {
    kind: "mine",
    node,
    blocks: blocks ?? 1,
    ...(branch === undefined ? {} : { branch: names.branch([...path, "branch"], node, branch) }),
    ...(empty === undefined ? {} : { empty }),
    ...(version === undefined ? {} : { version }),
    ...(tag === undefined ? {} : { tag }),
    ...(timeStep === undefined ? {} : { timeStepSeconds: millisecondsOf(timeStep) / MS_PER_SECOND }),
  };
}

function network(written: WrittenAction, path: DocumentPath, names: Names): readonly Command[] | undefined {
  const { partition, heal, link, clock, rules, note } = written;
  if (partition !== undefined) {
    return [{ kind: "partition", groups: names.groups([...path, "partition"], partition) }];
  }
  if (heal !== undefined) return [{ kind: "heal" }];
  if (link !== undefined) return [linkCommand(link, [...path, "link"], names)];
  for (const kind of ["crash", "stop", "start"] as const) {
    const life = written[kind];
    if (life !== undefined) return lifeCommands(kind, life, [...path, kind], names);
  }
  if (clock !== undefined) {
    const offsetSeconds = offsetSecondsOf(clock.offset);
    return names
      .members([...path, "clock", "node"], clock.node)
      .map((node) => ({ kind: "clock", node, offsetSeconds }));
  }
  if (rules !== undefined) {
    return names
      .members([...path, "rules", "node"], rules.node)
      .map((node) => ({ kind: "rules", node, rules: rules.rules }));
  }
  return note === undefined ? undefined : [{ kind: "note", node: names.first(), who: "timeline", text: note }];
}

function linkCommand(link: NonNullable<WrittenAction["link"]>, path: DocumentPath, names: Names): Command {
  const { up, latency, jitter, bandwidth, loss } = link;
  const [a, b] = link.between.map((name, index) => names.node([...path, "between", index], name));
  names.linked([...path, "between"], [a ?? "", b ?? ""]);
  return {
    kind: "link",
    between: [a ?? "", b ?? ""],
    ...(up === undefined ? {} : { up }),
    ...(latency === undefined ? {} : { latencyMs: millisecondsOf(latency) }),
    ...(jitter === undefined ? {} : { jitterMs: millisecondsOf(jitter) }),
    ...(bandwidth === undefined ? {} : { bytesPerSecond: bytesPerSecondOf(bandwidth) }),
    ...(loss === undefined ? {} : { loss: fractionOf(loss) }),
  };
}

/** A group stands for all of its members. */
function lifeCommands(
  kind: "crash" | "stop" | "start",
  life: WrittenLife,
  path: DocumentPath,
  names: Names,
): readonly Command[] {
  if (typeof life === "string") return names.members(path, life).map((node) => ({ kind, node }));
  const disk = life.disk === undefined ? {} : { disk: life.disk };
  return names.members([...path, "node"], life.node).map((node) => ({ kind, node, ...disk }));
}
