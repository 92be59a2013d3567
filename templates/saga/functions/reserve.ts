import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;

interface Wish {
  readonly trip: string;
  readonly to: string;
  readonly what: "flight" | "hotel";
}

class NoRoom extends Error {
  override readonly name = "NoRoom";
}

/** Reserves a flight or a hotel. By the trip's id: reserved twice, it is reserved once. */
export async function handler({ trip, to, what }: Wish) {
  if (what === "hotel" && to === "Atlantis") throw new NoRoom(`There is no hotel in ${to}.`);
  const reservation = `${what}-${trip}`;
  await dynamodb.send(new PutItemCommand({ TableName: TABLE_NAME, Item: { id: { S: reservation }, to: { S: to } } }));
  return { reservation };
}
