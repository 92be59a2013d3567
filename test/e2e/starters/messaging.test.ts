import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  project = await starterProject("messaging");
  outputs = await deployStarter(project);
});

afterAll(() => project.remove());

async function order(item: string): Promise<string> {
  const { status, body } = await call<{ id: string }>(outputs["ApiUrl"]!, "POST", "/orders", { item });
  expect(status).toBe(202);
  return body.id;
}

const packed = async (id: string) =>
  (await call<{ packedBy?: string }>(outputs["ApiUrl"]!, "GET", `/orders/${id}`)).body.packedBy;

it("an order goes through the queue into the table, a bad one among the dead letters, and a release moves all functions", async () => {
  const id = await order("tea");
  await expect.poll(() => packed(id)).toBe("worker");
  expect((await call(outputs["ApiUrl"]!, "POST", "/orders", { item: "" })).status).toBe(400);

  await order("poison");
  const sqs = new SQSClient(await clientOptions(project));
  const receive = new ReceiveMessageCommand({
    QueueUrl: outputs["DeadLettersUrl"],
    WaitTimeSeconds: 0,
    VisibilityTimeout: 0,
  });
  // Five receives, two minutes apart; a minute of the cloud's time is a second here.
  await expect.poll(async () => (await sqs.send(receive)).Messages?.[0]?.Body).toBe('{"item":"poison"}');
  sqs.destroy();

  project.edit("functions/work.ts", (text) => text.replace('S: "worker"', 'S: "second worker"'));
  expect(await deployStarter(project)).toEqual(outputs);
  const next = await order("milk");
  await expect.poll(() => packed(next)).toBe("second worker");

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  const last = await order("bread");
  await expect.poll(() => packed(last)).toBe("worker");

  await destroyStarter(project);
});
