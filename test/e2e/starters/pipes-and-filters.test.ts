import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;
let sqs: SQSClient;

beforeAll(async () => {
  project = await starterProject("pipes-and-filters");
  outputs = await deployStarter(project);
  sqs = new SQSClient(await clientOptions(project));
});

afterAll(async () => {
  sqs.destroy();
  await project.remove();
});

async function review(text: string): Promise<string> {
  const { status, body } = await call<{ id: string }>(outputs["ApiUrl"]!, "POST", "/reviews", { text });
  expect(status).toBe(202);
  return body.id;
}

const look = async (id: string) => (await call(outputs["ApiUrl"]!, "GET", `/reviews/${id}`)).body;

/** How many reviews a step failed for. */
async function deadLetters(step: string): Promise<number> {
  const { QueueUrl } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: outputs[`${step}DeadLetters`]!.split(":").pop() }),
  );
  const attributes = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
  return Number((await sqs.send(attributes)).Attributes?.["ApproximateNumberOfMessages"]);
}

const soon = { interval: 100 };

it("a review passes all filters, one that fails in a step continues once the step is fixed, and releases move them all", async () => {
  const good = await review(" <b>Good</b>\n tea, ask me@example.com ****");
  await expect.poll(() => look(good), soon).toEqual({ id: good, text: "Good tea, ask [address]", stars: 4 });
  expect(await call(outputs["ApiUrl"]!, "POST", "/reviews", {})).toMatchObject({ status: 400 });

  const silent = await review("No <i>stars</i>");
  await expect.poll(() => deadLetters("Rate"), soon).toBe(1);
  expect(await Promise.all(["Tidy", "Mask", "Keep"].map(deadLetters))).toEqual([0, 0, 0]);

  project.edit("functions/filters/rate.ts", (text) => text.replace(/if \(stars === 0\).*/, ""));
  project.edit("functions/filters/mask.ts", (text) => text.replace("[address]", "[hidden]"));
  expect(await deployStarter(project)).toEqual(outputs);
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: outputs["RateDeadLetters"] }));
  await expect.poll(() => look(silent), soon).toMatchObject({ text: "No stars", stars: 0 });
  const hidden = await review("Ask me@example.com *");
  await expect.poll(() => look(hidden), soon).toMatchObject({ text: "Ask [hidden]", stars: 1 });

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  const last = await review("Ask me@example.com **");
  await expect.poll(() => look(last), soon).toMatchObject({ text: "Ask [address]", stars: 2 });

  await destroyStarter(project);
});
