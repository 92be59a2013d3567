import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { resource } from "tidegate/runtime";

const dynamodb = new DynamoDBClient({});

/** GET /orders/{id}: what became of an order. 404 until it was worked on. */
export async function handler(event: { readonly pathParameters?: { readonly id?: string } }) {
  const id = event.pathParameters?.id ?? "";
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: resource.Orders.name, Key: { id: { S: id } } }));
  if (Item === undefined) return answer(404, { message: `No order ${id} was worked on yet.` });
  return answer(200, { id, item: Item["item"]?.S, packedBy: Item["packedBy"]?.S });
}

function answer(statusCode: number, body: object) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
