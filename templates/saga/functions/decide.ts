import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from "@aws-sdk/client-sfn";
import { answer, type ApiEvent, readBody } from "./http.ts";

const dynamodb = new DynamoDBClient({});
const workflows = new SFNClient({});
const { TABLE_NAME } = process.env;

/** POST /trips/{id}/decision {approved}: 200 with the decision, 409 where the trip waits for none. */
export async function handler(event: ApiEvent) {
  const id = event.pathParameters?.id ?? "";
  const { approved } = readBody(event);
  if (typeof approved !== "boolean")
    return answer(400, { message: 'Expected a JSON object with a boolean "approved".' });
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: TABLE_NAME, Key: { id: { S: id } } }));
  const taskToken = Item?.["taskToken"]?.S;
  if (taskToken === undefined) return answer(409, { message: `Trip ${id} waits for no decision.` });
  if (approved) await workflows.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
  else
    await workflows.send(
      new SendTaskFailureCommand({ taskToken, error: "TurnedDown", cause: "The approver declined the trip" }),
    );
  return answer(200, { approved });
}
