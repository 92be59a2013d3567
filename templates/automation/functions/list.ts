import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME, RECEIPTS } = process.env;

/** GET /tickets and GET /receipts: all of them. */
export async function handler({ routeKey }: { readonly routeKey: string }) {
  const TableName = routeKey === "GET /receipts" ? RECEIPTS : TABLE_NAME;
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
  const rows = Items.map((item) =>
    Object.fromEntries(Object.entries(item).map(([name, value]) => [name, value.S ?? Number(value.N)])),
  );
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(rows) };
}
