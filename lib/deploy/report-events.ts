import type { StackEvent } from "@aws-sdk/client-cloudformation";
import type { AssemblyStack } from "../assembly/assembly.ts";
import { escapeControls } from "../util/escape-controls.ts";

const STATUS_WIDTH = 20;
const TYPE_WIDTH = 26;

/** One line for one event: `Todo | 3 | 12:00:01 | CREATE_COMPLETE | AWS::Lambda::Function | Todo/Create (Create1234)`. */
export function renderStackEvent(
  stack: Pick<AssemblyStack, "stackName" | "origins">,
  event: StackEvent,
  done: number,
): string {
  const logicalId = event.LogicalResourceId ?? "";
  const path = stack.origins.get(logicalId)?.constructPath;
  const line = [
    stack.stackName,
    String(done).padStart(3),
    event.Timestamp?.toISOString().slice(11, 19) ?? "",
    (event.ResourceStatus ?? "").padEnd(STATUS_WIDTH),
    (event.ResourceType ?? "").replace(/^AWS::/, "").padEnd(TYPE_WIDTH),
    path === undefined ? logicalId : `${path} (${logicalId})`,
  ].join(" | ");
  const failed = event.ResourceStatus?.endsWith("_FAILED");
  return escapeControls(failed && event.ResourceStatusReason ? `${line} ${event.ResourceStatusReason}` : line);
}

/** What failed, with the construct's path, AWS's words and the source line. */
export function renderFailures(stack: AssemblyStack, failures: readonly StackEvent[]): string[] {
  const causes = failures.filter(
    (event) => !/cancelled|^The following resource\(s\) failed/i.test(event.ResourceStatusReason ?? ""),
  );
  return (causes.length > 0 ? causes : failures).map((event) => {
    const origin = stack.origins.get(event.LogicalResourceId ?? "");
    const where =
      origin === undefined ? event.LogicalResourceId : `${origin.constructPath} (${event.LogicalResourceId})`;
    const source = origin?.source === undefined ? "" : `, made at ${origin.source}`;
    return escapeControls(
      `${where}, ${event.ResourceType}${source}: ${event.ResourceStatusReason ?? event.ResourceStatus}`,
    );
  });
}
