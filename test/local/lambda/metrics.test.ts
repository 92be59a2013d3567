import { CloudWatchClient, GetMetricStatisticsCommand, type Dimension } from "@aws-sdk/client-cloudwatch";
import {
  CreateAliasCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLambda, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
let cloudwatch: CloudWatchClient;
const FunctionName = "measured";

beforeAll(async () => {
  fixture = await startLambda();
  cloudwatch = fixture.cloud.client(CloudWatchClient);
  await fixture.make(FunctionName, "exports.handler = async (event) => { if (event.fail) throw new Error('no') }");
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName }));
  const update = new UpdateFunctionConfigurationCommand({ FunctionName, Description: "second" });
  await fixture.lambda.send(update);
  await fixture.updated(FunctionName);
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName }));
  await fixture.lambda.send(
    new CreateAliasCommand({
      FunctionName,
      Name: "live",
      FunctionVersion: "1",
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.5 } },
    }),
  );
});
afterAll(() => fixture.cloud.stop());

async function sumOf(MetricName: string, dimensions: Record<string, string>): Promise<number> {
  const now = fixture.cloud.clock.now();
  const Dimensions: Dimension[] = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const { Datapoints } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/Lambda",
      MetricName,
      Dimensions,
      StartTime: new Date(now - 600_000),
      EndTime: new Date(now + 60_000),
      Period: 60,
      Statistics: ["Sum"],
    }),
  );
  return (Datapoints ?? []).reduce((sum, each) => sum + (each.Sum ?? 0), 0);
}

describe("metrics of a function", () => {
  it("count by account, function, alias and the version that ran", async () => {
    const ran: Record<string, number> = { "1": 0, "2": 0 };
    const failed: Record<string, number> = { "1": 0, "2": 0 };
    for (let i = 0; i < 40; i++) {
      const { executedVersion = "" } = await fixture.call(`${FunctionName}:live`, { fail: i % 4 === 0 });
      ran[executedVersion]!++;
      if (i % 4 === 0) failed[executedVersion]!++;
    }
    const resource = { FunctionName, Resource: `${FunctionName}:live` };
    await expect.poll(() => sumOf("Invocations", resource)).toBe(40);
    for (const ExecutedVersion of ["1", "2"]) {
      expect(ran[ExecutedVersion]).toBeGreaterThan(0);
      expect(await sumOf("Invocations", { ...resource, ExecutedVersion })).toBe(ran[ExecutedVersion]);
      expect(await sumOf("Errors", { ...resource, ExecutedVersion })).toBe(failed[ExecutedVersion]);
      expect(await sumOf("Duration", { ...resource, ExecutedVersion })).toBeGreaterThan(0);
    }
    expect(await sumOf("Errors", resource)).toBe(10);
    expect(await sumOf("Invocations", { FunctionName })).toBe(40);
    expect(await sumOf("Invocations", {})).toBe(40);
  });

  it("count throttles", async () => {
    await fixture.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    await expect(fixture.call(FunctionName)).rejects.toMatchObject({ name: "TooManyRequestsException" });
    await expect.poll(() => sumOf("Throttles", { FunctionName })).toBe(1);
    expect(await sumOf("Invocations", { FunctionName, Resource: FunctionName })).toBe(0);
  });
});
