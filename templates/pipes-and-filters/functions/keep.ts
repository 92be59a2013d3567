import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { forEach } from "./pipe.ts";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;

/** Writes reviews by their ids: one that comes twice is written once. */
export const handler = forEach(async ({ id, text, stars = 0 }) => {
  const Item = { id: { S: id }, text: { S: text }, stars: { N: String(stars) } };
  await dynamodb.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
});
