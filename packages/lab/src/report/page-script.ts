/** What moves in the report: the scrubber hides what has not happened yet. Runs in the reader's browser, without a network. */
export const PAGE_SCRIPT = `
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const scrubber = document.getElementById("scrubber");
const clock = document.getElementById("clock");
const now = document.getElementById("now");
const tips = document.getElementById("tips");
const blocks = new Map([...document.querySelectorAll("g.block")].map((element) => [element.dataset.hash, element]));
const rows = [...document.querySelectorAll("#events li")];
const cells = [...document.querySelectorAll("[data-tip]")];

function text(ms) {
  const two = (value) => String(value).padStart(2, "0");
  if (data.endMs < 60000) return (ms / 1000).toFixed(2) + " s";
  const seconds = Math.floor(ms / 1000);
  const days = Math.floor(seconds / 86400);
  return (days ? days + " d " : "") + [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
}

function tipAt(history, ms) {
  let found;
  for (const tip of history) { if (tip[0] > ms) break; found = tip; }
  return found;
}

function show(ms) {
  clock.textContent = text(ms);
  for (const [hash, minedAt] of data.blocks) blocks.get(hash)?.classList.toggle("later", minedAt > ms);
  const left = Number(tips.dataset.left);
  const x = left + (ms / Math.max(1, data.endMs)) * (Number(tips.dataset.right) - left);
  now.setAttribute("transform", "translate(" + (x - left) + " 0)");
  for (const cell of cells) {
    const tip = tipAt(data.tips[cell.dataset.tip] ?? [], ms);
    cell.textContent = tip === undefined ? "start of the scenario" : tip[1] + "  …" + tip[2].slice(-12);
    cell.className = "mono" + (tip === undefined || tip[3] ? "" : " bad");
  }
  let latest;
  for (const row of rows) {
    const later = Number(row.dataset.ms) > ms;
    row.classList.toggle("later", later);
    if (!later) latest = row;
  }
  if (latest !== undefined && document.activeElement === scrubber) {
    latest.parentElement.scrollTop = latest.offsetTop - latest.parentElement.offsetTop - 120;
  }
}

scrubber.addEventListener("input", () => show((Number(scrubber.value) / 1000) * data.endMs));
show(data.endMs);
`;
