import type { IncomingHttpHeaders } from "node:http";
import type { HttpRefusal } from "./refusal.ts";

/** Names by which a program on this machine reaches the server; the port is added. */
const LOCAL_NAMES: readonly string[] = ["127.0.0.1", "[::1]", "localhost"];

const FORBIDDEN_HOST: HttpRefusal = {
  status: 403,
  body: "Forbidden: the Host header must name this machine and port (127.0.0.1, [::1] or localhost)\n",
};
const FORBIDDEN_ORIGIN: HttpRefusal = { status: 403, body: "Forbidden: this Origin is not allowed\n" };
const WRONG_MEDIA_TYPE: HttpRefusal = { status: 415, body: "Unsupported: send content-type application/json\n" };

export interface GuardedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Refuses what a web page could have made a browser send: a foreign Host (DNS rebinding), an Origin (cross-site request), a body
 * that is not declared as JSON (a form). Undefined when the request may go on.
 */
export function refuseForeign(
  request: GuardedRequest,
  port: number,
  allowedOrigins: ReadonlySet<string>,
): HttpRefusal | undefined {
  if (!isLocalHost(request.headers.host, port)) return FORBIDDEN_HOST;
  const { origin } = request.headers;
  if (origin !== undefined && !allowedOrigins.has(origin.toLowerCase())) return FORBIDDEN_ORIGIN;
  if (request.method === "POST" && !isJson(request.headers["content-type"])) return WRONG_MEDIA_TYPE;
  return undefined;
}

function isLocalHost(host: string | undefined, port: number): boolean {
  if (host === undefined) return false;
  return LOCAL_NAMES.some((name) => host.toLowerCase() === `${name}:${port}`);
}

/** Parameters such as charset may follow. */
function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json(?:\s*;|\s*$)/i.test(contentType);
}
