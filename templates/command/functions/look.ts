import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { answer } from "./http.ts";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;

/** GET /parcels/{id}: a parcel that is on its way. 404 until it is. */
export async function handler(event: { readonly pathParameters?: { readonly id?: string } }) {
  const id = event.pathParameters?.id ?? "";
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: TABLE_NAME, Key: { id: { S: id } } }));
  if (Item === undefined) return answer(404, { message: `No parcel ${id} was shipped yet.` });
  return answer(200, { id, grams: Number(Item["grams"]?.N) });
}
