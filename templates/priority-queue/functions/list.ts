import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { answer } from "./http.ts";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;

/** GET /jobs: jobs that were done, first to last. */
export async function handler() {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: TABLE_NAME }));
  const jobs = Items.map(({ id, priority, outcome, at }) => ({
    id: id?.S,
    priority: priority?.S,
    outcome: outcome?.S,
    at: at?.S ?? "",
  }));
  return answer(
    200,
    jobs.sort((one, other) => one.at.localeCompare(other.at)),
  );
}
