import { DynamoDBClient, PutItemCommand, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { LambdaClient, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";

const dynamodb = new DynamoDBClient({});
const lambda = new LambdaClient({});
const { TABLE_NAME, CONSUMER } = process.env;

interface AlarmChange {
  readonly detail: {
    readonly alarmName: string;
    readonly state: { readonly value: "ALARM" | "OK"; readonly reason: string; readonly timestamp: string };
  };
}

/** Stops the consumer and opens a ticket while the alarm is on; the other way round when it is off again. */
export async function handler({ detail: { alarmName, state } }: AlarmChange) {
  const isOff = state.value === "OK";
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: CONSUMER, Enabled: isOff }));
  if (isOff) await closeTicket(alarmName, state.timestamp);
  else await openTicket(alarmName, state);
}

async function openTicket(alarm: string, { timestamp, reason }: AlarmChange["detail"]["state"]): Promise<void> {
  const Item = { alarm: { S: alarm }, opened: { S: timestamp }, reason: { S: reason }, status: { S: "open" } };
  await dynamodb.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
}

async function closeTicket(alarm: string, closed: string): Promise<void> {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: TABLE_NAME,
      KeyConditionExpression: "alarm = :alarm",
      ExpressionAttributeValues: { ":alarm": { S: alarm } },
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  const [last] = Items;
  // A new alarm turns OK before it ever was on.
  if (last === undefined) return;
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: TABLE_NAME,
      Key: { alarm: last["alarm"]!, opened: last["opened"]! },
      UpdateExpression: "SET #status = :closed, closed = :at",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":closed": { S: "closed" }, ":at": { S: closed } },
    }),
  );
}
