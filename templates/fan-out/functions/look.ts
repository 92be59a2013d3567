import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;

/** GET /orders/{id}: who received an order, and the outcome. */
export async function handler(event: { readonly pathParameters?: { readonly id?: string } }) {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: TABLE_NAME,
      KeyConditionExpression: "#order = :order",
      ExpressionAttributeNames: { "#order": "order" },
      ExpressionAttributeValues: { ":order": { S: event.pathParameters?.id ?? "" } },
    }),
  );
  const heard = Object.fromEntries(Items.map((item) => [item["who"]?.S, item["what"]?.S]));
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(heard) };
}
