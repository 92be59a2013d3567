import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  project = await starterProject("fan-out");
  outputs = await deployStarter(project);
});

afterAll(() => project.remove());

async function order(item: string, country: string): Promise<string> {
  const { status, body } = await call<{ id: string }>(outputs["ApiUrl"]!, "POST", "/orders", { item, country });
  expect(status).toBe(202);
  return body.id;
}

const heard = async (id: string) =>
  (await call<Record<string, string>>(outputs["ApiUrl"]!, "GET", `/orders/${id}`)).body;

const soon = { interval: 100 };

it("an order reaches all subscribers, a failing one delays no other, and releases move them all", async () => {
  const abroad = await order("tea", "NO");
  await expect
    .poll(() => heard(abroad), soon)
    .toEqual({
      mail: "Thank you for ordering tea",
      tax: "Declared for NO",
      warehouse: "Packed tea",
    });
  const home = await order("milk", "SE");
  await expect.poll(() => heard(home), soon).toEqual({ mail: "Thank you for ordering milk", warehouse: "Packed milk" });

  const unthanked = await order("", "NO");
  await expect.poll(() => heard(unthanked), soon).toEqual({ tax: "Declared for NO", warehouse: "Packed " });
  const sqs = new SQSClient(await clientOptions(project));
  const receive = new ReceiveMessageCommand({ QueueUrl: outputs["UnsentMailUrl"], VisibilityTimeout: 0 });
  await expect.poll(async () => (await sqs.send(receive)).Messages?.[0]?.Body, soon).toContain(unthanked);
  sqs.destroy();

  project.edit("functions/mail.ts", (text) => text.replace("Thank you for ordering", "Many thanks for"));
  expect(await deployStarter(project)).toEqual(outputs);
  const next = await order("bread", "SE");
  await expect.poll(() => heard(next), soon).toMatchObject({ mail: "Many thanks for bread" });

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  const last = await order("salt", "SE");
  await expect.poll(() => heard(last), soon).toMatchObject({ mail: "Thank you for ordering salt" });

  await destroyStarter(project);
});
