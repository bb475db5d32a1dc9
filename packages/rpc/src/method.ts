/** A method declares its name, parameters, help and handler; the server does the rest from the declaration. */

import type { Json } from "./json/json.ts";
import type { NodeApi } from "./node-api.ts";
import type { Arguments, Params } from "./params.ts";

export type MethodGroup =
  | "Blockchain"
  | "Control"
  | "Forkyard"
  | "Mining"
  | "Network"
  | "Rawtransactions"
  | "Util"
  | "Wallet";

/** Everything a handler gets besides its arguments. */
export interface CallContext {
  readonly node: NodeApi;
  /** From the path `/wallet/NAME`. */
  readonly walletName?: string;
  /** Aborted when the caller hangs up or the server stops. */
  readonly signal: AbortSignal;
  readonly methods: MethodTable;
}

export type MethodTable = ReadonlyMap<string, Method>;

export interface Method {
  readonly name: string;
  readonly group: MethodGroup;
  /** One or more plain sentences. */
  readonly about: string;
  /** In positional order. */
  readonly params: Params;
  /** Takes the processor for long: such calls run one at a time. */
  readonly heavy: boolean;
  readonly handle: (args: Readonly<Record<string, unknown>>, context: CallContext) => Json | Promise<Json>;
}

export interface MethodDeclaration<P extends Params> {
  readonly name: string;
  readonly group: MethodGroup;
  readonly about: string;
  readonly params: P;
  readonly heavy?: boolean;
  readonly handle: (args: Arguments<P>, context: CallContext) => Json | Promise<Json>;
}

/** Ties the types of the handler's arguments to the declared parameters. */
export function method<P extends Params>(declaration: MethodDeclaration<P>): Method {
  return {
    ...declaration,
    heavy: declaration.heavy ?? false,
    handle: declaration.handle as Method["handle"],
  };
}
