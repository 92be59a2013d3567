import type { ShapedError } from "./error-shape.ts";
import type { OperationModel } from "./service-model.ts";
import type { WireReply, WireRequest } from "./wire-message.ts";

/** What a protocol makes of a request: which operation, and how to read its input. */
export interface WireCall {
  readonly operation: OperationModel;
  input(): Promise<Record<string, unknown>>;
}

/** A service's side of one AWS protocol. */
export interface ServerProtocol {
  /** The call that the request makes, or the requested name where there is no such operation. */
  read(request: WireRequest): Promise<WireCall | string>;
  /** The answer that carries `output`. */
  write(operation: OperationModel, output: Record<string, unknown>, requestId: string): Promise<WireReply>;
  /** The answer that carries a refusal. */
  writeError(error: ShapedError, requestId: string): WireReply;
}
