import type { Output, Input } from "../../../kit/operation-types.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { describeExport, findExport, importersOf, listExports as allExports } from "../exports.ts";
import { pageOf } from "./paging.ts";
import type { CloudformationParts } from "./service.ts";

/** The exports of the region. */
export function listExports(
  parts: CloudformationParts,
  input: Input<"cloudformation", "ListExports">,
  context: RequestContext,
): Output<"cloudformation", "ListExports"> {
  const { page, next } = pageOf(allExports(parts.store, context.region), input.NextToken, 100);
  return { Exports: page.map(describeExport), NextToken: next };
}

/** The stacks that import an export. */
export function listImports(
  parts: CloudformationParts,
  input: Input<"cloudformation", "ListImports">,
  context: RequestContext,
): Output<"cloudformation", "ListImports"> {
  const name = input.ExportName ?? "";
  const users = importersOf(parts.store, context.region, name);
  if (!findExport(parts.store, context.region, name) || users.length === 0) {
    throw new AwsError("ValidationError", `Export '${name}' is not imported by any stack.`);
  }
  const { page, next } = pageOf(users, input.NextToken, 100);
  return { Imports: page, NextToken: next };
}
