import type { ListStreamsInput, ListStreamsOutput } from "@aws-sdk/client-dynamodb-streams";
import type { ChangeStreams } from "../../state/change-stream.ts";
import type { RequestContext } from "../../service.ts";

const MOST_STREAMS = 100;

export function listStreams(
  changes: ChangeStreams,
  { TableName, ExclusiveStartStreamArn: after = "", Limit }: ListStreamsInput,
  { region }: RequestContext,
): ListStreamsOutput {
  const streams = changes
    .list(region)
    .filter(({ arn, tableName }) => arn > after && (TableName === undefined || tableName === TableName));
  const page = streams.slice(0, Math.min(Limit ?? MOST_STREAMS, MOST_STREAMS));
  return {
    Streams: page.map(({ arn, tableName, label }) => ({ StreamArn: arn, TableName: tableName, StreamLabel: label })),
    ...(page.length < streams.length && { LastEvaluatedStreamArn: page.at(-1)?.arn }),
  };
}
