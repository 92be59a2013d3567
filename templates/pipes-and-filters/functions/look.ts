import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { answer } from "./http.ts";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;

/** GET /reviews/{id}: a review that went through all filters. 404 until then. */
export async function handler(event: { readonly pathParameters?: { readonly id?: string } }) {
  const id = event.pathParameters?.id ?? "";
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: TABLE_NAME, Key: { id: { S: id } } }));
  if (Item === undefined) return answer(404, { message: `No review ${id} came through yet.` });
  return answer(200, { id, text: Item["text"]?.S, stars: Number(Item["stars"]?.N) });
}
