/** What `Resource` of a task may name. Operations by service, and the patterns beside request-response. */
interface Integration {
  readonly operations: readonly string[];
  readonly patterns: readonly string[];
}

const TOKEN = "waitForTaskToken";

/**
 * Optimised integrations whose operations and patterns are few enough to know by heart:
 * https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
 */
const OPTIMISED: ReadonlyMap<string, Integration> = new Map([
  ["lambda", { operations: ["invoke"], patterns: [TOKEN] }],
  ["dynamodb", { operations: ["getItem", "putItem", "updateItem", "deleteItem"], patterns: [] }],
  ["sqs", { operations: ["sendMessage"], patterns: [TOKEN] }],
  ["sns", { operations: ["publish"], patterns: [TOKEN] }],
  ["events", { operations: ["putEvents"], patterns: [TOKEN] }],
  ["http", { operations: ["invoke"], patterns: [] }],
  ["apigateway", { operations: ["invoke"], patterns: [TOKEN] }],
  ["states", { operations: ["startExecution"], patterns: ["sync", "sync:2", TOKEN] }],
]);

/** What is wrong with a task's `Resource`, in Step Functions' words. */
export function tryFindResourceProblem(resource: unknown, type: "STANDARD" | "EXPRESS"): string | undefined {
  if (typeof resource !== "string") return "These fields are required: [Resource]";
  if (!resource.startsWith("arn:")) return "The resource provided is not a valid ARN";
  const name = /^arn:[^:]+:states:::(.*)$/.exec(resource)?.[1];
  if (name === undefined) return undefined;
  if (!isKnown(name)) {
    return `The resource provided ${resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`;
  }
  const refused = [".waitForTaskToken", ".sync"].find((pattern) => type === "EXPRESS" && resource.includes(pattern));
  if (refused !== undefined) return `Express state machine does not support '${refused}' service integration `;
  return undefined;
}

function isKnown(name: string): boolean {
  const [, path = "", pattern] = /^([^.]*)(?:\.(.*))?$/.exec(name) ?? [];
  const parts = path.split(":");
  if (parts[0] === "aws-sdk") return parts.length === 3 && (pattern === undefined || pattern === TOKEN);
  const integration = OPTIMISED.get(parts[0]!);
  // The other services have too many actions to list; an action that is not supported fails when it is called.
  if (integration === undefined) return true;
  const { operations, patterns } = integration;
  return operations.includes(parts.slice(1).join(":")) && (pattern === undefined || patterns.includes(pattern));
}
