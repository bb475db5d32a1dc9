import type { BlockHash } from "@forkyard/core/hash";

/** What a sync request under way was for. */
export type SyncRequest =
  | { readonly protocol: "status" }
  | { readonly protocol: "headers" }
  | { readonly protocol: "blocks"; readonly hashes: readonly BlockHash[] };
