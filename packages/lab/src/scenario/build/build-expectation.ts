import type { DocumentPath } from "../mistakes.ts";
import type { Bound, Expectation } from "../model.ts";
import { fractionOf, satoshisOf } from "../values.ts";
import type { WrittenBound, WrittenExpectation } from "../written.ts";
import { describeExpectation, type ExpectationBody } from "./describe-expectation.ts";
import type { Names } from "./names.ts";

/** Each written expectation, checked and put into words; `result` makes one for each field. */
export function buildExpectations(
  written: readonly WrittenExpectation[],
  path: DocumentPath,
  names: Names,
  lineOf: (path: DocumentPath) => number,
): readonly Expectation[] {
  return written.flatMap((expectation, index) => {
    const place = [...path, index];
    const line = lineOf(place);
    return bodies(expectation, place, names).map(
      (body): Expectation => ({
        line,
        text: describeExpectation(body),
        ...body,
      }),
    );
  });
}

function bodies(written: WrittenExpectation, path: DocumentPath, names: Names): readonly ExpectationBody[] {
  if (written.result !== undefined) {
    return Object.entries(written.result).map(([key, value]) => {
      const expected = typeof value === "number" || typeof value === "object" ? boundOf(value) : value;
      return { kind: "result", ...names.result([...path, "result", key], key), value: expected };
    });
  }
  return [aboutMoney(written, path, names) ?? aboutNodes(written, path, names) ?? aboutChain(written, path, names)];
}

function aboutMoney(written: WrittenExpectation, path: DocumentPath, names: Names): ExpectationBody | undefined {
  const { payment, balance, supply } = written;
  if (payment !== undefined) {
    return {
      kind: "payment",
      payment: names.payment([...path, "payment", "id"], payment.id),
      on: names.node([...path, "payment", "on"], payment.on),
      fate: payment.fate,
      confirmations: payment.confirmations === undefined ? undefined : boundOf(payment.confirmations),
    };
  }
  if (balance !== undefined) {
    const wallet = names.wallet([...path, "balance", "wallet"], balance.wallet);
    return { kind: "balance", wallet, satoshis: boundOf(balance.amount, (text) => Number(satoshisOf(text))) };
  }
  return supply === undefined ? undefined : { kind: "supply", node: names.node([...path, "supply"], supply) };
}

function aboutNodes(written: WrittenExpectation, path: DocumentPath, names: Names): ExpectationBody | undefined {
  const { oneTip, tips, sameBlock } = written;
  if (oneTip !== undefined) return { kind: "one-tip", nodes: names.nodes([...path, "oneTip"], oneTip) };
  if (tips !== undefined) {
    const { count, ever } = typeof tips === "number" ? { count: tips, ever: false } : tips;
    return { kind: "tips", count: boundOf(count), ever: ever ?? false };
  }
  if (sameBlock === undefined) return undefined;
  const [a, b] = sameBlock.nodes.map((name, i) => names.node([...path, "sameBlock", "nodes", i], name));
  return { kind: "same-block", nodes: [a ?? "", b ?? ""], height: sameBlock.height };
}

function aboutChain(written: WrittenExpectation, path: DocumentPath, names: Names): ExpectationBody {
  const { reorg, reorgs, blocksAdded, tipMiner, height, blocks, blocksShare, refused } = written;
  const on = (key: string, given: { readonly on: string }): string => names.node([...path, key, "on"], given.on);
  const miners = (key: string, name: string): readonly string[] => names.members([...path, key, "miner"], name);
  if (reorg !== undefined) return { kind: "reorg-depth", node: on("reorg", reorg), depth: boundOf(reorg.depth) };
  if (reorgs !== undefined) {
    const minDepth = reorgs.minDepth ?? 1;
    return { kind: "reorg-count", node: on("reorgs", reorgs), minDepth, count: boundOf(reorgs.count) };
  }
  if (blocksAdded !== undefined) {
    return { kind: "blocks-added", node: on("blocksAdded", blocksAdded), blocks: boundOf(blocksAdded.blocks) };
  }
  if (tipMiner !== undefined) {
    return { kind: "tip-miner", node: on("tipMiner", tipMiner), miners: miners("tipMiner", tipMiner.miner) };
  }
  if (height !== undefined) return { kind: "height", node: on("height", height), height: boundOf(height.height) };
  if (blocks !== undefined) return { kind: "blocks", node: on("blocks", blocks), blocks: boundOf(blocks.blocks) };
  if (blocksShare !== undefined) {
    const node = on("blocksShare", blocksShare);
    const share = boundOf(blocksShare.share, fractionOf);
    return { kind: "blocks-share", node, miners: miners("blocksShare", blocksShare.miner), share };
  }
  const { on: node, code, count } = refused ?? { on: "", code: undefined, count: 0 };
  return { kind: "refused", node: on("refused", { on: node }), code, count: boundOf(count) };
}

function boundOf(written: WrittenBound): Bound;
function boundOf<T extends string>(written: WrittenBound<T>, read: (value: T) => number): Bound;
function boundOf(written: WrittenBound<number | string>, read: (value: never) => number = Number): Bound {
  const number = read as (value: number | string) => number;
  if (typeof written !== "object") return { atLeast: number(written), atMost: number(written) };
  return {
    ...(written.atLeast === undefined ? {} : { atLeast: number(written.atLeast) }),
    ...(written.atMost === undefined ? {} : { atMost: number(written.atMost) }),
  };
}
