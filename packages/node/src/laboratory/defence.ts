/** What a node may have switched on against reorganisations. Pure rules in consensus/fork-choice/guards. */
export type Defence =
  | { readonly kind: "finality"; readonly maxDepth: number }
  | { readonly kind: "checkpoints" }
  | { readonly kind: "late-block-penalty"; readonly blocksPerLateMs: number; readonly graceMs: number }
  | { readonly kind: "subjective-scoring"; readonly halvingBlocks: number; readonly graceBlocks: number }
  /** Horizen's delay function; `fromBlocks` behind the tip it starts to count (5). */
  | { readonly kind: "delay-function"; readonly fromBlocks: number }
  /** Ethereum Classic's MESS (ECIP-1100). */
  | { readonly kind: "mess" }
  | { readonly kind: "chainlocks" };
