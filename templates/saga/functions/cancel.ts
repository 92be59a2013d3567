import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;

/** Gives a reservation back. Given back twice, it is given back once. */
export async function handler({ reservation }: { readonly reservation: string }) {
  await dynamodb.send(new DeleteItemCommand({ TableName: TABLE_NAME, Key: { id: { S: reservation } } }));
}
