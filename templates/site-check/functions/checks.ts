import { DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;
const KEPT_SECONDS = 30 * 24 * 3600;

/** A look at a site. */
export interface Check {
  readonly site: string;
  /** The time that it was for, in ISO 8601. */
  readonly at: string;
  readonly isUp: boolean;
  /** What came, in words. */
  readonly answer: string;
}

/** Writes a check down, for thirty days. The same check is written once, however often it is made. */
export async function writeDown({ site, at, isUp, answer }: Check): Promise<void> {
  const expires = { N: String(Math.floor(Date.parse(at) / 1000) + KEPT_SECONDS) };
  const Item = { site: { S: site }, at: { S: at }, isUp: { BOOL: isUp }, answer: { S: answer }, expires };
  await dynamodb.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
}

/** The last checks of a site, the newest first; those before a time where one is given. */
export async function lastChecks(site: string, count: number, before = "9999"): Promise<Check[]> {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: TABLE_NAME,
      KeyConditionExpression: "site = :site AND #at < :before",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":site": { S: site }, ":before": { S: before } },
      ScanIndexForward: false,
      Limit: count,
    }),
  );
  return Items.map(({ at, isUp, answer }) => ({
    site,
    at: at?.S ?? "",
    isUp: isUp?.BOOL ?? false,
    answer: answer?.S ?? "",
  }));
}
