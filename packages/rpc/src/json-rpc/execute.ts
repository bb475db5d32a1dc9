import {
  answerOf,
  IN_WARMUP,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  METHOD_NOT_FOUND,
  MISC_ERROR,
  PARSE_ERROR,
  RpcError,
} from "../errors.ts";
import { type Json, type JsonObject, parseJson, typeOfJson } from "../json/json.ts";
import { MAX_BATCH_CALLS, MAX_HEAVY_CALLS } from "../limits.ts";
import type { CallContext, Method, MethodTable } from "../method.ts";
import type { NodeApi } from "../node-api.ts";
import { answerObject, batchAnswer, type HttpAnswer, type Outcome, singleAnswer } from "./answer.ts";
import { readArguments } from "./arguments.ts";
import { Lane } from "./lane.ts";
import { type RequestEnvelope, readEnvelope, readRequest } from "./request.ts";

/** What one HTTP request adds to its calls. */
export type RequestContext = Pick<CallContext, "walletName" | "signal">;

/** Carries out JSON-RPC requests: from the text of a body to the answer. Never rejects. */
export class RpcExecutor {
  readonly #node: NodeApi;
  readonly #methods: MethodTable;
  readonly #onFault: (error: unknown, method: string) => void;
  readonly #heavyLane = new Lane(MAX_HEAVY_CALLS);

  /** @param onFault told of failures that are the node's own; the caller is only told that there was one */
  constructor(node: NodeApi, methods: MethodTable, onFault: (error: unknown, method: string) => void) {
    this.#node = node;
    this.#methods = methods;
    this.#onFault = onFault;
  }

  async answer(body: string, context: RequestContext): Promise<HttpAnswer> {
    const parsed = parseBody(body);
    if (parsed instanceof RpcError) return singleAnswer(readEnvelope(null), { error: parsed });
    if (typeOfJson(parsed) === "array") return await this.#answerBatch(parsed as readonly Json[], context);
    if (typeOfJson(parsed) !== "object") {
      return singleAnswer(readEnvelope(null), { error: new RpcError(PARSE_ERROR, "Top-level object parse error") });
    }
    const { envelope, outcome } = await this.#perform(parsed, context);
    return singleAnswer(envelope, outcome);
  }

  /** One call after the other: later ones may depend on what earlier ones did. */
  async #answerBatch(calls: readonly Json[], context: RequestContext): Promise<HttpAnswer> {
    if (calls.length > MAX_BATCH_CALLS) {
      const error = new RpcError(
        INVALID_REQUEST,
        `A batch may hold ${MAX_BATCH_CALLS} calls, this one has ${calls.length}`,
      );
      return singleAnswer(readEnvelope(null), { error });
    }
    const answers: JsonObject[] = [];
    for (const call of calls) {
      const { envelope, outcome } = await this.#perform(call, context);
      if (!envelope.notification) answers.push(answerObject(envelope, outcome));
    }
    return batchAnswer(answers, calls.length);
  }

  async #perform(call: Json, context: RequestContext): Promise<{ envelope: RequestEnvelope; outcome: Outcome }> {
    const envelope = readEnvelope(call);
    let methodName = "";
    try {
      const request = readRequest(call);
      methodName = request.method;
      const method = this.#find(methodName);
      const args = readArguments(method, request.params);
      return { envelope, outcome: { result: await this.#run(method, args, context) } };
    } catch (error) {
      return { envelope, outcome: { error: answerOf(error) ?? this.#fault(error, methodName) } };
    }
  }

  #find(name: string): Method {
    const warmup = this.#node.warmup();
    if (warmup !== undefined) throw new RpcError(IN_WARMUP, warmup);
    const method = this.#methods.get(name);
    if (method === undefined) throw new RpcError(METHOD_NOT_FOUND, "Method not found");
    return method;
  }

  #run(method: Method, args: Readonly<Record<string, unknown>>, context: RequestContext): Json | Promise<Json> {
    const call = (): Json | Promise<Json> => {
      if (context.signal.aborted) throw new RpcError(MISC_ERROR, "The call was cancelled");
      return method.handle(args, { ...context, node: this.#node, methods: this.#methods });
    };
    return method.heavy ? this.#heavyLane.run(call) : call();
  }

  /** The caller learns no more than that it happened: a message of our own making may hold anything. */
  #fault(error: unknown, method: string): RpcError {
    this.#onFault(error, method);
    return new RpcError(INTERNAL_ERROR, "Internal error: see the node's log");
  }
}

function parseBody(body: string): Json | RpcError {
  try {
    return parseJson(body);
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
}
