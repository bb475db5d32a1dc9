import { AssertionFault } from "@forkyard/core/errors";
import { classifyOutput } from "@forkyard/core/script/templates";

/** The kinds of output that the wallet can spend. */
export type SpendTemplate = "p2wpkh" | "p2pkh" | "p2pk";

const PUBKEY_HASH_BYTES = 20;

/** How one of the wallet's own outputs is spent. */
export function spendTemplate(scriptPubKey: Uint8Array): SpendTemplate {
  const template = classifyOutput(scriptPubKey);
  if (template.type === "pubkeyhash") return "p2pkh";
  if (template.type === "pubkey") return "p2pk";
  if (template.type === "witness" && template.version === 0 && template.program.length === PUBKEY_HASH_BYTES) {
    return "p2wpkh";
  }
  throw new AssertionFault(`the wallet watches for no ${template.type} output`);
}
