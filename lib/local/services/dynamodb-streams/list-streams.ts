import type { Output, Input } from "../../kit/operation-types.ts";
import type { ChangeStreams } from "../../state/change-stream.ts";
import type { RequestContext } from "../../service.ts";

const MOST_STREAMS = 100;

/** Lists the region's streams, or those of one table, a page of at most 100 at a time. */
export function listStreams(
  changes: ChangeStreams,
  { TableName, ExclusiveStartStreamArn: after = "", Limit }: Input<"dynamodb-streams", "ListStreams">,
  { region }: RequestContext,
): Output<"dynamodb-streams", "ListStreams"> {
  const streams = changes
    .list(region)
    .filter(({ arn, tableName }) => arn > after && (TableName === undefined || tableName === TableName));
  const page = streams.slice(0, Math.min(Limit ?? MOST_STREAMS, MOST_STREAMS));
  return {
    Streams: page.map(({ arn, tableName, label }) => ({ StreamArn: arn, TableName: tableName, StreamLabel: label })),
    ...(page.length < streams.length && { LastEvaluatedStreamArn: page.at(-1)?.arn }),
  };
}
