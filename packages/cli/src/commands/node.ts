import type { Command } from "commander";

export function addNode(program: Command): void {
  program.command("node").description("run one node");
}
