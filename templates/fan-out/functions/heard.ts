import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;

/** An order, as it is published. */
export interface Order {
  readonly id: string;
  readonly item: string;
  readonly country: string;
}

/** Records who received an order, and the outcome. A second delivery does not add a second record. */
export async function writeDown({ id }: Order, who: string, what: string): Promise<void> {
  const Item = { order: { S: id }, who: { S: who }, what: { S: what } };
  await dynamodb.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
}
