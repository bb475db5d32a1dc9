/** Style of the report: light and dark, a phone's width, and paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #667; --line: #d8dce2; --card: #fff; --ground: #f5f6f8; --good: #0a7d4b; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --faint: #9aa3ad; --line: #333a42; --card: #1d2126; --ground: #14171a; --good: #4cc38a; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1000px; padding: 16px; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
h1 { font-size: 1.5rem; margin: 0 0 4px; } h2 { font-size: 1.05rem; margin: 0 0 10px; }
section, header { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; margin-bottom: 14px; }
.verdict { font-weight: 700; } .good { color: var(--good); } .bad { color: var(--bad); } .faint { color: var(--faint); }
code, .mono { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 10px 0 0; } dt { color: var(--faint); } dd { margin: 0; }
ul { margin: 0; padding: 0; list-style: none; } li { padding: 3px 0; }
.wide { overflow-x: auto; -webkit-overflow-scrolling: touch; } svg { display: block; } #tips { width: 100%; min-width: 560px; height: auto; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; color: var(--faint); } th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.time { position: sticky; top: 0; z-index: 1; display: flex; gap: 12px; align-items: center; } .time input { flex: 1; min-width: 0; } .time output { min-width: 7.5em; text-align: right; font-variant-numeric: tabular-nums; }
.later { opacity: .08; } .past { opacity: .55; } #events { max-height: 320px; overflow-y: auto; } #events li { display: flex; gap: 12px; } #events time { color: var(--faint); min-width: 7.5em; font-variant-numeric: tabular-nums; }
pre { white-space: pre-wrap; margin: 0; font: inherit; }
@media print { body { background: none; max-width: none; } section, header { break-inside: avoid; border-color: #bbb; } .time { display: none; } .wide { overflow: visible; } .wide > svg { max-width: 100%; height: auto; } #events { max-height: none; } }
`;
