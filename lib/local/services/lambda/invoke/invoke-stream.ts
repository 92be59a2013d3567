import type { InvokeWithResponseStreamResponseEvent } from "@aws-sdk/client-lambda";
import type { InvocationResult } from "../../../runtime/function-spec.ts";
import type { RequestContext } from "../../../service.ts";
import { findTarget } from "./invoke-target.ts";
import { run } from "./invoke.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { readFunctionRef } from "../functions/names.ts";
import { readPayload } from "./payload.ts";

/** Runs a function and passes its answer on as it comes; a buffered answer comes as one piece. */
export async function invokeWithResponseStream(
  lambda: Lambda,
  input: Input<"InvokeWithResponseStream">,
  context: RequestContext,
): Promise<Output<"InvokeWithResponseStream">> {
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  const payload = readPayload(input.Payload as Uint8Array | undefined, "RequestResponse");
  const target = findTarget(lambda, ref);
  if (input.InvocationType === "DryRun") return { StatusCode: 204 };
  const tail = input.LogType === "Tail";
  const pieces = new Pieces();
  const opened = Promise.withResolvers<string>();
  const running = run(lambda, target, payload, {
    requestId: context.requestId,
    tail,
    onChunk: (chunk, contentType) => {
      opened.resolve(contentType);
      return pieces.put({ PayloadChunk: { Payload: chunk } });
    },
  });
  void finish(running, pieces, tail).catch(opened.reject);
  running.then((result) => opened.resolve(result.contentType), opened.reject);
  const contentType = await opened.promise;
  return {
    StatusCode: 200,
    ExecutedVersion: target.version.version,
    ResponseStreamContentType: contentType,
    EventStream: pieces,
  };
}

async function finish(running: Promise<InvocationResult>, pieces: Pieces, tail: boolean): Promise<void> {
  try {
    const { payload, errorType, logTail } = await running;
    if (payload.length > 0 && errorType === undefined) await pieces.put({ PayloadChunk: { Payload: payload } });
    await pieces.put({
      InvokeComplete: {
        ...(errorType !== undefined && { ErrorCode: errorType, ErrorDetails: payload.toString() }),
        ...(tail && { LogResult: (await logTail).toString("base64") }),
      },
    });
    pieces.end();
  } catch (error) {
    pieces.fail(error);
  }
}

type Piece = InvokeWithResponseStreamResponseEvent;

/** Hands pieces from the function to the caller, one at a time: the function waits for the caller. */
class Pieces implements AsyncIterable<Piece> {
  readonly #waiting: { piece: Piece; taken: () => void }[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #failure: unknown;

  put(piece: Piece): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended) return resolve();
      this.#waiting.push({ piece, taken: resolve });
      this.#wake?.();
    });
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#failure = error;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Piece> {
    try {
      for (;;) {
        const next = this.#waiting.shift();
        if (next !== undefined) {
          next.taken();
          yield next.piece;
        } else if (this.#failure !== undefined) throw this.#failure;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      // The caller went away: let the function write on into nothing.
      this.#ended = true;
      for (const { taken } of this.#waiting.splice(0)) taken();
    }
  }
}
