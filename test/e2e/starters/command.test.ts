import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  project = await starterProject("command");
  outputs = await deployStarter(project);
});

afterAll(() => project.remove());

const send = (message: object) => call<{ id: string }>(outputs["ApiUrl"]!, "POST", "/commands", message);
const quote = async (version: number) =>
  (await send({ command: "quote", version, input: { grams: 1_000 } })).body as { result?: object };
const parcel = async (id: string) => (await call(outputs["ApiUrl"]!, "GET", `/parcels/${id}`)).body["grams"];

const soon = { interval: 100 };

const failed = async (sqs: SQSClient) => {
  const receive = new ReceiveMessageCommand({ QueueUrl: outputs["FailedUrl"], VisibilityTimeout: 0 });
  return JSON.parse((await sqs.send(receive)).Messages?.[0]?.Body ?? "{}") as object;
};

it("clients name the version they know and how they wait, and releases move each version by itself", async () => {
  expect(await quote(1)).toMatchObject({ result: { price: 6 } });
  expect(await quote(2)).toMatchObject({ result: { amount: "5.50", currency: "EUR" } });
  const absent = { status: 404, body: { message: expect.stringContaining("quote@1, quote@2, ship@1") as string } };
  expect(await send({ command: "quote", version: 3 })).toMatchObject(absent);
  expect(await send({ command: "quote", version: 1, call: "perhaps" })).toMatchObject({ status: 400 });

  const shipped = await send({ command: "ship", version: 1, input: { grams: 700 } });
  expect(shipped).toMatchObject({ status: 200, body: { result: { parcel: shipped.body.id } } });
  expect(await parcel(shipped.body.id)).toBe(700);
  const sent = await send({ command: "ship", version: 1, call: "async", input: { grams: 900 } });
  expect(sent.status).toBe(202);
  await expect.poll(() => parcel(sent.body.id), soon).toBe(900);
  expect(await send({ command: "ship", version: 1, call: "dry-run" })).toMatchObject({ status: 204 });
  expect(await send({ command: "ship", version: 2, call: "dry-run" })).toMatchObject({ status: 404 });

  const heavy = { command: "ship", version: 1, input: { grams: 99_000 } };
  expect(await send(heavy)).toMatchObject({
    status: 502,
    body: { message: "A parcel weighs 1 to 30000 grams; got 99000." },
  });
  const lost = await send({ ...heavy, call: "async" });
  const sqs = new SQSClient(await clientOptions(project));
  await expect
    .poll(() => failed(sqs), soon)
    .toMatchObject({
      requestPayload: { id: lost.body.id },
      requestContext: { approximateInvokeCount: 3, condition: "RetriesExhausted" },
    });
  sqs.destroy();

  project.edit("functions/commands/quote-2.ts", (text) => text.replace('"EUR"', '"NOK"'));
  expect(await deployStarter(project)).toEqual(outputs);
  expect(await quote(2)).toMatchObject({ result: { currency: "NOK" } });
  expect(await quote(1)).toMatchObject({ result: { price: 6 } });

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  expect(await quote(2)).toMatchObject({ result: { currency: "EUR" } });

  await destroyStarter(project);
});
