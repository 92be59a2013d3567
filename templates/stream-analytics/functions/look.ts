import { type AttributeValue, DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;
const MOST_MINUTES = 60;

/** GET /sensors/{sensor}: its last minutes, the latest first. 404 before the first of them is over. */
export async function handler(event: { readonly pathParameters?: { readonly sensor?: string } }) {
  const sensor = decodeURIComponent(event.pathParameters?.sensor ?? "");
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: TABLE_NAME,
      KeyConditionExpression: "sensor = :sensor",
      ExpressionAttributeValues: { ":sensor": { S: sensor } },
      ScanIndexForward: false,
      Limit: MOST_MINUTES,
    }),
  );
  if (Items.length === 0) return answer(404, { message: `Nothing is known of ${sensor} yet.` });
  return answer(200, { sensor, minutes: Items.map(toMinute) });
}

function toMinute(item: Record<string, AttributeValue>) {
  const number = (name: string) => Number(item[name]?.N);
  const [start] = (item["window"]?.S ?? "").split(" ");
  const [count, sum] = [number("count"), number("sum")];
  const { S: countedBy } = item["countedBy"] ?? {};
  return { start, count, mean: sum / count, least: number("least"), most: number("most"), countedBy };
}

function answer(statusCode: number, body: object) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
