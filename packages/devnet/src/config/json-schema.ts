import { z } from "zod";
import { devnetConfigSchema } from "./devnet-config.ts";

/** JSON Schema of a devnet file, for editors; `configs/schema/devnet.json` is this text. */
export function devnetJsonSchema(): string {
  const schema = z.toJSONSchema(devnetConfigSchema, { io: "input", target: "draft-7" });
  return `${JSON.stringify({ title: "Forkyard devnet", ...schema }, undefined, 2)}\n`;
}
