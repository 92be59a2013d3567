import { runtimeError } from "./states-error.ts";

/** What a task's `Resource` names. */
export interface TaskResource {
  readonly kind: "function" | "activity" | "integration";
  readonly arn: string;
  readonly region: string;
  /** As history shows it: `lambda`, `sqs`, `aws-sdk:dynamodb`. */
  readonly service: string;
  /** As history shows it, with its pattern: `invoke`, `sendMessage.waitForTaskToken`. */
  readonly action: string;
  /** The action without its pattern. */
  readonly operation: string;
  readonly waitsForToken: boolean;
  /** `sync` or `sync:2`. */
  readonly sync?: string;
}

/** Reads `arn:aws:lambda:…:function:name`, `arn:aws:states:…:activity:name` or `arn:aws:states:::service:operation`. */
export function readResource(arn: string, region: string): TaskResource {
  const parts = arn.split(":");
  const base = { arn, region, service: "lambda", action: "invoke", operation: "invoke", waitsForToken: false };
  if (parts[2] === "lambda" && parts[5] === "function") return { ...base, kind: "function" };
  if (parts[2] === "states" && parts[5] === "activity") return { ...base, kind: "activity" };
  if (parts[2] !== "states" || parts.length < 7) throw runtimeError(`The resource '${arn}' is not supported.`);
  const rest = parts.slice(5);
  const sdk = rest[0] === "aws-sdk";
  const service = sdk ? `aws-sdk:${rest[1]}` : rest[0]!;
  const action = rest.slice(sdk ? 2 : 1).join(":");
  const [operation, pattern] = splitOnce(action, ".");
  return {
    kind: "integration",
    arn,
    region,
    service,
    action,
    operation,
    waitsForToken: pattern === "waitForTaskToken",
    ...(pattern.startsWith("sync") && { sync: pattern }),
  };
}

function splitOnce(text: string, sign: string): [string, string] {
  const at = text.indexOf(sign);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
