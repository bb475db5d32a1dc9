import type { JsonValue } from "../run/result.ts";
import { type BlockTree, blockTree } from "./block-tree.ts";
import { eventText } from "./event-text.ts";
import { MAX_LISTED_EVENTS, MAX_LISTED_REORGS, MAX_TIP_ROWS } from "./limits.ts";
import { durationText, embeddedJson, escapeText } from "./markup.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import type { RunRecord } from "./record.ts";
import { type TipSpan, tipHistory } from "./tip-history.ts";
import { tipsSvg } from "./tips-svg.ts";
import { drawTree } from "./tree-svg.ts";

type Histories = ReadonlyMap<string, readonly TipSpan[]>;

/** One run as one HTML document that needs no server and no network. */
export function renderReport(record: RunRecord): string {
  const tree = blockTree(record.events);
  const histories = inOrder(tipHistory(record.events, tree), record.nodes);
  const { endedAtMs } = record.result;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    `<title>${escapeText(record.title)} · Forkyard</title><style>${PAGE_STYLE}</style></head><body>`,
    heading(record),
    section("Expectations", expectations(record)),
    section("Where the two worlds differ", worldDifferences(record)),
    timeBar(),
    section("Block tree", `<div class="wide">${drawTree(tree, record)}</div>${treeLegend()}`),
    section("Tip of each node over time", `<div class="wide">${tipsSvg(histories, endedAtMs)}</div>${tipLegend()}`),
    section("Tips at this moment", tipTable(histories)),
    section("Payments", payments(record)),
    section("Balances", balances(record)),
    section("Actors", actors(record)),
    section("Reorganisations", reorganisations(record)),
    section("What happened", eventList(record)),
    explanation(record),
    `<script type="application/json" id="data">${embeddedJson(pageData(tree, histories, endedAtMs))}</script>`,
    `<script>${PAGE_SCRIPT}</script></body></html>`,
  ].join("\n");
}

/** In the order of the scenario; nodes that never had a block stay out. */
function inOrder(histories: Histories, nodes: RunRecord["nodes"]): Histories {
  return new Map(
    nodes.flatMap(({ name }) => {
      const history = histories.get(name);
      return history === undefined ? [] : [[name, history] as const];
    }),
  );
}

function section(title: string, body: string): string {
  return body === "" ? "" : `<section><h2>${title}</h2>${body}</section>`;
}

function heading({ title, result, command, nodes }: RunRecord): string {
  const shares = nodes.filter(({ hashShare }) => hashShare > 0).slice(0, 12);
  const power = shares.map(({ name, hashShare }) => `${escapeText(name)} ${(hashShare * 100).toFixed(1)} %`).join(", ");
  return `<header><h1>${escapeText(title)}</h1>
<p class="verdict ${result.passed ? "good" : "bad"}">${result.passed ? "✓ every expectation held" : "✗ an expectation did not hold"}</p>
<dl><dt>scenario</dt><dd>${escapeText(result.name)}</dd><dt>world</dt><dd>${result.world === "sim" ? "simulator" : "live nodes"}</dd>
<dt>seed</dt><dd>${result.seed}</dd><dt>nodes</dt><dd>${nodes.length}${power === "" ? "" : `: ${power}`}</dd>
<dt>lasted</dt><dd>${durationText(result.endedAtMs)}, ${result.events} events</dd>
<dt>trace</dt><dd><code>${escapeText(result.traceHash)}</code></dd><dt>repeat</dt><dd><code>${escapeText(command)}</code></dd></dl></header>`;
}

function explanation({ explanation: text }: RunRecord): string {
  return text === "" ? "" : section("About this scenario", `<pre>${escapeText(text)}</pre>`);
}

function expectations({ result }: RunRecord): string {
  const lines = result.expectations.map(
    ({ text, passed, observed }) =>
      `<li><span class="${passed ? "good" : "bad"}">${passed ? "✓" : "✗"}</span> ${escapeText(text)} <span class="faint">${escapeText(observed)}</span></li>`,
  );
  return lines.length === 0 ? "" : `<ul>${lines.join("")}</ul>`;
}

function worldDifferences({ differences }: RunRecord): string {
  if (differences === undefined) return "";
  if (differences.length === 0)
    return "<p>They came to the same: expectations, depths, payments, balances, actors.</p>";
  const rows = differences.map(({ what, sim, live }) => `<tr>${[what, sim, live].map(textCell).join("")}</tr>`);
  return `<div class="wide"><table><tr><th></th><th>simulator</th><th>live nodes</th></tr>${rows.join("")}</table></div>`;
}

function textCell(text: string): string {
  return `<td>${escapeText(text)}</td>`;
}

function timeBar(): string {
  return `<section class="time"><label for="scrubber">Time</label><input id="scrubber" type="range" min="0" max="1000" value="1000"><output id="clock"></output></section>`;
}

function treeLegend(): string {
  return '<p class="faint">Full colour: on the chain that won. Pale: not; crossed out: some node took it back. Dashed: mined in secret. Yellow: holds a payment.</p>';
}

function tipLegend(): string {
  return '<p class="faint">Grey: on the chain that won. Red: on one that lost. ▼ with a number: so many blocks were taken back.</p>';
}

function tipTable(histories: Histories): string {
  const rows = [...histories.keys()]
    .slice(0, MAX_TIP_ROWS)
    .map((node) => `<tr><td>${escapeText(node)}</td><td class="mono" data-tip="${escapeText(node)}"></td></tr>`);
  const more =
    histories.size > MAX_TIP_ROWS ? `<p class="faint">and ${histories.size - MAX_TIP_ROWS} more nodes</p>` : "";
  return rows.length === 0 ? "" : `<table>${rows.join("")}</table>${more}`;
}

function payments({ result }: RunRecord): string {
  const rows = result.payments.map(
    ({ payment, txid, fate }) =>
      `<tr><td>${escapeText(payment)}</td><td>${escapeText(fate)}</td><td class="mono">${escapeText(txid)}</td></tr>`,
  );
  return rows.length === 0
    ? ""
    : `<table><tr><th>payment</th><th>fate</th><th>transaction</th></tr>${rows.join("")}</table>`;
}

function balances({ result }: RunRecord): string {
  const rows = Object.entries(result.balances).map(([wallet, { before, after }]) => {
    const change = after - before;
    return `<tr><td>${escapeText(wallet)}</td>${number(before)}${number(after)}<td class="number ${change < 0 ? "bad" : "good"}">${change > 0 ? "+" : ""}${change.toLocaleString("en-US")}</td></tr>`;
  });
  const header =
    '<tr><th>wallet</th><th class="number">before, sat</th><th class="number">after, sat</th><th class="number">change</th></tr>';
  return rows.length === 0 ? "" : `<div class="wide"><table>${header}${rows.join("")}</table></div>`;
}

function number(value: number): string {
  return `<td class="number">${value.toLocaleString("en-US")}</td>`;
}

function actors({ result }: RunRecord): string {
  const rows = Object.entries(result.result).flatMap(([actor, value]) =>
    fields(value).map(
      ([field, text]) =>
        `<tr><td>${escapeText(actor)}</td><td>${escapeText(field)}</td><td class="mono">${escapeText(text)}</td></tr>`,
    ),
  );
  return rows.length === 0 ? "" : `<div class="wide"><table>${rows.join("")}</table></div>`;
}

function fields(value: JsonValue): [string, string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [["", JSON.stringify(value)]];
  return Object.entries(value).map(([field, inner]) => [
    field,
    typeof inner === "string" ? inner : JSON.stringify(inner),
  ]);
}

function reorganisations({ result }: RunRecord): string {
  const deepest = [...result.reorgs].toSorted((a, b) => b.depth - a.depth).slice(0, MAX_LISTED_REORGS);
  const rows = deepest.map(
    ({ node, depth, at }) =>
      `<tr><td>${escapeText(node)}</td>${number(depth)}<td class="number">${durationText(at)}</td></tr>`,
  );
  const more =
    result.reorgs.length > deepest.length ? `<p class="faint">the deepest of ${result.reorgs.length}</p>` : "";
  return rows.length === 0
    ? ""
    : `<table><tr><th>node</th><th class="number">blocks taken back</th><th class="number">at</th></tr>${rows.join("")}</table>${more}`;
}

function eventList({ events }: RunRecord): string {
  const told = events.flatMap((event) => {
    const text = eventText(event);
    return text === undefined ? [] : [{ atMs: event.atMs, text }];
  });
  const rows = told
    .slice(0, MAX_LISTED_EVENTS)
    .map(
      ({ atMs, text }) =>
        `<li data-ms="${atMs}"><time>${durationText(atMs)}</time><span>${escapeText(text)}</span></li>`,
    );
  const more =
    told.length > MAX_LISTED_EVENTS
      ? `<p class="faint">and ${told.length - MAX_LISTED_EVENTS} more: the trace has them all</p>`
      : "";
  return rows.length === 0 ? "" : `<ul id="events">${rows.join("\n")}</ul>${more}`;
}

function pageData(tree: BlockTree, histories: Histories, endMs: number): object {
  const tips = [...histories]
    .slice(0, MAX_TIP_ROWS)
    .map(([node, spans]) => [node, spans.map(({ fromMs, height, hash, won }) => [fromMs, height, hash, won])]);
  return {
    endMs,
    blocks: [...tree.blocks.values()].map(({ hash, minedAtMs }) => [hash, minedAtMs]),
    tips: Object.fromEntries(tips),
  };
}
