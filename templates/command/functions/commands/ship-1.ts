import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Command } from "./command.ts";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;
const MOST_GRAMS = 30_000;

/** Ships a parcel, by the command's id: tried again, it is shipped once. */
export async function handler({ id, input: { grams } }: Command) {
  if (!(grams > 0 && grams <= MOST_GRAMS)) throw new Error(`A parcel weighs 1 to ${MOST_GRAMS} grams; got ${grams}.`);
  const Item = { id: { S: id }, grams: { N: String(grams) } };
  await dynamodb.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
  return { parcel: id };
}
