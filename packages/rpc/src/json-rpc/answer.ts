import { INVALID_REQUEST, METHOD_NOT_FOUND, type RpcError } from "../errors.ts";
import type { Json, JsonObject } from "../json/json.ts";
import type { RequestEnvelope } from "./request.ts";

/** What a call came to. */
export type Outcome = { readonly result: Json } | { readonly error: RpcError };

/** An HTTP status and the JSON to send with it; without `body` nothing is sent. */
export interface HttpAnswer {
  readonly status: number;
  readonly body?: Json;
}

const OK = 200;
const NO_CONTENT = 204;

/** 1.0 always has result, error and id; 2.0 has either result or error. */
export function answerObject(envelope: RequestEnvelope, outcome: Outcome): JsonObject {
  const error = "error" in outcome ? { code: outcome.error.code, message: outcome.error.message } : null;
  if (envelope.version === "1.0") {
    return { result: "result" in outcome ? outcome.result : null, error, id: envelope.id };
  }
  return "result" in outcome
    ? { jsonrpc: "2.0", result: outcome.result, id: envelope.id }
    : { jsonrpc: "2.0", error, id: envelope.id };
}

/** One call: in 1.0 the HTTP status tells errors apart, in 2.0 it is always 200 or, for a notification, 204. */
export function singleAnswer(envelope: RequestEnvelope, outcome: Outcome): HttpAnswer {
  if (envelope.notification) return { status: NO_CONTENT };
  return { status: statusOf(envelope, outcome), body: answerObject(envelope, outcome) };
}

/** A batch is answered with 200 whatever its calls came to; one that holds only notifications with nothing. */
export function batchAnswer(answers: readonly JsonObject[], callCount: number): HttpAnswer {
  if (answers.length === 0 && callCount > 0) return { status: NO_CONTENT };
  return { status: OK, body: answers };
}

function statusOf(envelope: RequestEnvelope, outcome: Outcome): number {
  if (envelope.version === "2.0" || "result" in outcome) return OK;
  if (outcome.error.code === INVALID_REQUEST) return 400;
  return outcome.error.code === METHOD_NOT_FOUND ? 404 : 500;
}
