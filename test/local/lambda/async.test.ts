import {
  InvokeCommand,
  PutFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startLambda, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;

beforeAll(async () => {
  fixture = await startLambda();
});
afterAll(() => fixture.cloud.stop());

/** Writes down each event, and fails on request. */
const recorder = (note: string) => `exports.handler = async (event, context) => {
  require("fs").appendFileSync(${JSON.stringify(note)}, JSON.stringify({ event, id: context.awsRequestId }) + "\\n");
  if (event.fail) throw new Error("on purpose");
  return "fine";
}`;

async function notes(name: string): Promise<{ event: Record<string, unknown>; id: string }[]> {
  const text = await readFile(`${fixture.cloud.stateFolder}/${name}`, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { event: Record<string, unknown>; id: string });
}

async function leave(FunctionName: string, event: unknown): Promise<void> {
  const answer = await fixture.lambda.send(
    new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: JSON.stringify(event) }),
  );
  expect(answer.StatusCode).toBe(202);
  expect(answer.ExecutedVersion).toBeUndefined();
}

describe("an asynchronous event", () => {
  it("is tried again after one minute and after two more, with the same request id", async () => {
    await fixture.make("retries", recorder(`${fixture.cloud.stateFolder}/retries`));
    await leave("retries", { fail: true });
    await eventually(async () => (await notes("retries")).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await fixture.cloud.clock.advance(59_000);
    expect(await notes("retries")).toHaveLength(1);
    await fixture.cloud.clock.advance(1_500);
    await eventually(async () => (await notes("retries")).length === 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await fixture.cloud.clock.advance(120_500);
    await eventually(async () => (await notes("retries")).length === 3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await fixture.cloud.clock.advance(600_000);
    const all = await notes("retries");
    expect(all).toHaveLength(3);
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  });

  it("reports its result to its destinations", async () => {
    const target = "arn:aws:lambda:us-east-1:000000000000:function:notified";
    await fixture.make("notified", recorder(`${fixture.cloud.stateFolder}/notified`));
    await fixture.make("source", recorder(`${fixture.cloud.stateFolder}/source`));
    const config = await fixture.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: "source",
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnSuccess: { Destination: target }, OnFailure: { Destination: target } },
      }),
    );
    expect(config.FunctionArn).toBe("arn:aws:lambda:us-east-1:000000000000:function:source:$LATEST");
    await leave("source", { n: 1 });
    await eventually(async () => (await notes("notified")).length === 1);
    await leave("source", { n: 2, fail: true });
    await eventually(async () => (await notes("notified")).length === 2);
    const [success, failure] = (await notes("notified")).map(({ event }) => event);
    expect(success).toMatchObject({
      version: "1.0",
      requestContext: { condition: "Success", approximateInvokeCount: 1, functionArn: config.FunctionArn },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST" },
      responsePayload: "fine",
    });
    expect(failure).toMatchObject({
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 1 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorType: "Error", errorMessage: "on purpose" },
    });
  });

  it.each([
    ["nothing is set", {}, "You must specify at least one of error handling or destination setting."],
    [
      "the destination is the function itself",
      { DestinationConfig: { OnFailure: { Destination: "arn:aws:lambda:us-east-1:000000000000:function:source" } } },
      "You can't specify the function as a destination for itself.",
    ],
    [
      "the destination does not exist",
      { DestinationConfig: { OnFailure: { Destination: "arn:aws:lambda:us-east-1:000000000000:function:missing" } } },
      "The destination ARN arn:aws:lambda:us-east-1:000000000000:function:missing is invalid.",
    ],
    [
      "the service can be no destination",
      { DestinationConfig: { OnSuccess: { Destination: "arn:aws:iam:us-east-1:000000000000:function:f" } } },
      "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:iam:us-east-1:000000000000:function:f), onFailure=null) is invalid.",
    ],
  ])("fails to be configured when %s", async (_case, input, message) => {
    const putting = fixture.lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: "source", ...input }));
    await expect(putting).rejects.toMatchObject({ name: "InvalidParameterValueException", message });
  });

  it("has no configuration until it gets one", async () => {
    const getting = fixture.lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: "notified" }));
    await expect(getting).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message:
        "The function arn:aws:lambda:us-east-1:000000000000:function:notified:$LATEST doesn't have an EventInvokeConfig",
    });
  });
});
