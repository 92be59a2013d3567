import { DynamoDBClient, GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { answer, type ApiEvent } from "./http.ts";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME, RESERVATIONS } = process.env;

/** GET /trips/{id}: how far a trip is. GET /reservations: the ids of all that are held. */
export async function handler({ routeKey, pathParameters }: ApiEvent) {
  if (routeKey === "GET /reservations") {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: RESERVATIONS }));
    return answer(200, Items.map((item) => item["id"]?.S).sort());
  }
  const id = pathParameters?.id ?? "";
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: TABLE_NAME, Key: { id: { S: id } } }));
  if (Item === undefined) return answer(404, { message: `There is no trip ${id}.` });
  const { to, price, status, why, flight, hotel } = Item;
  return answer(200, {
    id,
    to: to?.S,
    price: Number(price?.N),
    status: status?.S,
    why: why?.S,
    flight: flight?.S,
    hotel: hotel?.S,
  });
}
