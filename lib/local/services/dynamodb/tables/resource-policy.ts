import type { Output, Input } from "../../../kit/operation-types.ts";
import { createHash } from "node:crypto";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import { validationError } from "../errors.ts";
import type { ResourcePolicy, Table } from "./table.ts";
import { requireByArn } from "./tags.ts";

/** Keeps the policy, which calls are authorised by. */
export function putResourcePolicy(
  engine: Engine,
  input: Input<"dynamodb", "PutResourcePolicy">,
  context: RequestContext,
): Output<"dynamodb", "PutResourcePolicy"> {
  new RequestChecks().required("resourceArn", input.ResourceArn).required("policy", input.Policy).done();
  const table = requireByArn(engine, input.ResourceArn, context);
  checkRevision(table, input.ExpectedRevisionId);
  const resourcePolicy = buildPolicy(input.Policy);
  engine.tables.save({ ...table, resourcePolicy });
  return { RevisionId: resourcePolicy.revision };
}

/** Returns the policy of a table or stream. `PolicyNotFoundException` where it has none. */
export function getResourcePolicy(
  engine: Engine,
  input: Input<"dynamodb", "GetResourcePolicy">,
  context: RequestContext,
): Output<"dynamodb", "GetResourcePolicy"> {
  new RequestChecks().required("resourceArn", input.ResourceArn).done();
  const { resourcePolicy, arn } = requireByArn(engine, input.ResourceArn, context);
  if (!resourcePolicy) throw notFound(arn);
  return { Policy: resourcePolicy.document, RevisionId: resourcePolicy.revision };
}

/** Deletes the policy of a table or stream. Doing it again is not an error. */
export function deleteResourcePolicy(
  engine: Engine,
  input: Input<"dynamodb", "DeleteResourcePolicy">,
  context: RequestContext,
): Output<"dynamodb", "DeleteResourcePolicy"> {
  new RequestChecks().required("resourceArn", input.ResourceArn).done();
  const table = requireByArn(engine, input.ResourceArn, context);
  if (!table.resourcePolicy) return {};
  checkRevision(table, input.ExpectedRevisionId);
  engine.tables.save({ ...table, resourcePolicy: undefined });
  return { RevisionId: table.resourcePolicy.revision };
}

/** The policy of the table that an ARN names, which its indexes share. */
export function policyOfArn({ tables, cloud }: Engine, arn: string): string | undefined {
  const [, , , region = "", account = "", resource = ""] = arn.split(":");
  const [kind, name] = resource.split("/");
  if (kind !== "table" || name === undefined || account !== cloud.account) return undefined;
  return tables.find({ account, region }, name)?.resourcePolicy?.document;
}

/** A policy as it is kept: the same document has the same revision. */
export function buildPolicy(document: string): ResourcePolicy {
  try {
    JSON.parse(document);
  } catch {
    throw validationError(
      "The policy is not valid JSON. Give a policy document, for example with Version and Statement.",
    );
  }
  return {
    document,
    revision: BigInt(`0x${createHash("sha256").update(document).digest("hex").slice(0, 12)}`).toString(),
  };
}

function checkRevision({ resourcePolicy, arn }: Table, expected: string | undefined): void {
  if (expected === undefined) return;
  const fits = expected === "NO_POLICY" ? !resourcePolicy : resourcePolicy?.revision === expected;
  if (!fits) throw notFound(arn);
}

function notFound(arn: string): AwsError {
  return new AwsError(
    "PolicyNotFoundException",
    `Resource-based policy not found for the provided ResourceArn: ${arn}`,
  );
}
