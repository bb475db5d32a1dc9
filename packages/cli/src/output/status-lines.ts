import { plural, short } from "@forkyard/devnet/observe/event-lines";
import type { DevnetStatus, NodeLine } from "@forkyard/devnet/observe/status";
import type { Output } from "./output.ts";
import { table } from "./table.ts";

/** The table of nodes, and a line that says whether they agree. */
export function statusLines(status: DevnetStatus, output: Output): readonly string[] {
  const [header, ...rows] = table(["NODE", "PEERS", "HEIGHT", "TIP", "MEMPOOL", "SHARE"], status.nodes.map(cells));
  return [output.style("bold", header ?? ""), ...rows, verdict(status, output)];
}

function cells(node: NodeLine): readonly string[] {
  const share = `${Math.round(node.hashShare * 1000) / 10}%`;
  if (!node.running) return [node.name, "-", "-", "not running", "-", share];
  return [node.name, String(node.peers), String(node.height), short(node.tip ?? ""), String(node.mempool), share];
}

function verdict(status: DevnetStatus, output: Output): string {
  const running = status.nodes.filter((node) => node.running).length;
  if (status.partition !== null) {
    const groups = status.partition.map((group) => group.join(",")).join(" / ");
    return output.style("yellow", `cut into ${groups}; best height ${status.height}`);
  }
  const count =
    running === status.nodes.length
      ? `all ${plural(running, "node")}`
      : `${running} of ${plural(status.nodes.length, "node")}`;
  const where = `at height ${status.height} on ${short(status.tip)}`;
  if (status.agreed) return output.style("green", running === 1 ? `the node is ${where}` : `${count} agree ${where}`);
  if (running < status.nodes.length)
    return output.style("red", `${count} ${running === 1 ? "runs" : "run"}; the best is ${where}`);
  return output.style("yellow", `the nodes do not agree (yet); the best is ${where}`);
}
