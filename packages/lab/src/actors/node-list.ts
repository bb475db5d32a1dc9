import type { z } from "zod";
import { nodeNames } from "../scenario/values.ts";

/** A list of nodes: what the file gives as a name, a group, `all` or a list is a list of nodes once it was checked. */
export const nodeList: z.ZodType<readonly string[]> = nodeNames as unknown as z.ZodType<readonly string[]>;
