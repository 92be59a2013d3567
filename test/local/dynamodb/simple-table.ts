import {
  CreateTableCommand,
  DescribeTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";

/** Makes a table with the key `pk` (and `sk`, when asked) of strings, and answers once it is ready. */
export async function createSimpleTable(
  client: DynamoDBClient,
  name: string,
  { sorted = false, ...options }: { sorted?: boolean } & Partial<CreateTableCommandInput> = {},
): Promise<TableDescription> {
  const keys = sorted ? ["pk", "sk"] : ["pk"];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      KeySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? "HASH" : "RANGE" })),
      BillingMode: "PAY_PER_REQUEST",
      ...options,
    }),
  );
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  return Table!;
}
