import { randomUUID } from "node:crypto";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { answer, type ApiEvent, readBody } from "./http.ts";

const dynamodb = new DynamoDBClient({});
const workflows = new SFNClient({});
const { TABLE_NAME, WORKFLOW } = process.env;

/** POST /trips {to, price}: starts to book a trip. 202 with its id, 400 without a place and a price. */
export async function handler(event: ApiEvent) {
  const { to, price } = readBody(event);
  if (typeof to !== "string" || to === "" || typeof price !== "number" || price <= 0) {
    return answer(400, { message: 'Expected a JSON object with a text "to" and a "price" above 0.' });
  }
  const id = randomUUID();
  const Item = { id: { S: id }, to: { S: to }, price: { N: String(price) }, status: { S: "begun" } };
  await dynamodb.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
  // The trip's id is the execution's name: starting it twice starts it once.
  const input = JSON.stringify({ id, to, price });
  await workflows.send(new StartExecutionCommand({ stateMachineArn: WORKFLOW, name: id, input }));
  return answer(202, { id });
}
