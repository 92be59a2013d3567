import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import { removeTags } from "../../../kit/tags.ts";
import { pager } from "../../../kit/page.ts";
import type { Tag } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import { validationError } from "../errors.ts";
import type { Table } from "./table.ts";

const MOST_TAGS = 50;
const PAGE_TAGS = 10;
const pageOf = pager(
  (NextToken) => ({ NextToken }),
  () => validationError("Invalid NextToken"),
);

/** Adds tags to a table by ARN, or overwrites them: at most 50. */
export function tagResource(engine: Engine, input: Input<"dynamodb", "TagResource">, context: RequestContext): object {
  new RequestChecks().required("resourceArn", input.ResourceArn).required("tags", input.Tags).done();
  const table = requireByArn(engine, input.ResourceArn, context);
  if (input.Tags.length === 0) throw validationError("Atleast one Tag needs to be provided as Input.");
  const tags = new Map([...table.tags, ...input.Tags].map((tag): [string, Checked<Tag>] => [tag.Key, tag]));
  if (tags.size > MOST_TAGS) throw validationError("One or more parameter values were invalid: Too many tags");
  engine.tables.save({ ...table, tags: [...tags.values()] });
  return {};
}

/** Removes tags from a table by ARN. Keys that it does not have are ignored. */
export function untagResource(
  engine: Engine,
  input: Input<"dynamodb", "UntagResource">,
  context: RequestContext,
): object {
  new RequestChecks().required("resourceArn", input.ResourceArn).required("tagKeys", input.TagKeys).done();
  const table = requireByArn(engine, input.ResourceArn, context);
  if (input.TagKeys.length === 0) throw validationError("Atleast one Tag Key needs to be provided as Input.");
  engine.tables.save({ ...table, tags: removeTags(table.tags, input.TagKeys) });
  return {};
}

/** Returns a table's tags, a page of 10 at a time. */
export function listTagsOfResource(
  engine: Engine,
  input: Input<"dynamodb", "ListTagsOfResource">,
  context: RequestContext,
): Output<"dynamodb", "ListTagsOfResource"> {
  new RequestChecks().required("resourceArn", input.ResourceArn).done();
  const { tags } = requireByArn(engine, input.ResourceArn, context);
  const { items, next } = pageOf(tags, PAGE_TAGS, input.NextToken);
  return { Tags: items, ...next };
}

/** The table of an ARN. */
export function requireByArn(engine: Engine, arn: string, context: RequestContext): Table {
  if (!/^arn:aws:dynamodb:[a-z0-9-]+:\d+:table\/[^/]+$/.test(arn))
    throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  const table = engine.tables.find(context, arn);
  if (table) return table;
  throw new AwsError("ResourceNotFoundException", `Requested resource not found: ResourcArn: ${arn} not found`);
}
