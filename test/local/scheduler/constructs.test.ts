import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { App, CfnOutput, LegacyStackSynthesizer, Stack } from "aws-cdk-lib";
import { DefinitionBody, Pass } from "aws-cdk-lib/aws-stepfunctions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Queue, Schedule, type ScheduleProps, StateMachine, Topic } from "../../../lib/index.ts";
import { deploy } from "../cloudformation/spine.ts";
import { startScheduler, type SchedulerFixture } from "./scheduler-fixture.ts";

let fixture: SchedulerFixture;

beforeAll(async () => {
  fixture = await startScheduler();
});
afterAll(() => fixture.cloud.stop());

/** Schedules that are due as soon as they are made: their roles must be able to act by then. */
function synthesise(): object {
  // The templates of constructs are checked where the constructs are tested.
  process.env["CDK_VALIDATION"] = "false";
  const app = new App({ analyticsReporting: false, context: { "tidegate:stage": "local" } });
  const stack = new Stack(app, "Due", { synthesizer: new LegacyStackSynthesizer() });
  const now = (id: string, props: Pick<ScheduleProps, "target" | "input" | "messageGroupId">) =>
    new Schedule(stack, id, { schedule: "at(2020-01-01T00:00:00)", ...props });
  const inbox = new Queue(stack, "Inbox", { queueName: "inbox" });
  now("ToQueue", { target: inbox, input: "to the queue" });
  const ordered = new Queue(stack, "Ordered", { queueName: "ordered.fifo", fifo: true });
  now("ToOrdered", { target: ordered, input: { at: "<aws.scheduler.scheduled-time>" }, messageGroupId: "g" });
  const news = new Topic(stack, "News").subscribe(inbox);
  now("ToTopic", { target: news, input: "to the topic" });
  const flow = new StateMachine(stack, "Flow", {
    definitionBody: DefinitionBody.fromChainable(new Pass(stack, "Pass")),
  });
  now("ToFlow", { target: flow, input: { a: 1 } });
  new CfnOutput(stack, "FlowArn", { value: flow.unqualifiedArn });
  return app.synth().getStackByName("Due").template as object;
}

test(
  "schedules reach queues, topics and workflows with no more rights than they have",
  { timeout: 30_000 },
  async () => {
    const cloudformation = fixture.cloud.client(CloudFormationClient);
    const made = await deploy(cloudformation, "Due", synthesise(), { ChangeSetType: "CREATE" });
    expect(made.StackStatus).toBe("CREATE_COMPLETE");
    const bodies = (await fixture.queues.take("inbox", 2)).map(({ Body }) => Body);
    expect(new Set(bodies)).toEqual(new Set(["to the queue", "to the topic"]));
    expect(await fixture.queues.take("ordered.fifo")).toMatchObject([{ Body: '{"at":"2020-01-01T00:00:00Z"}' }]);
    const stateMachineArn = made.Outputs![0]!.OutputValue;
    const list = () => fixture.cloud.client(SFNClient).send(new ListExecutionsCommand({ stateMachineArn }));
    await expect
      .poll(async () => (await list()).executions)
      .toMatchObject([{ status: "SUCCEEDED", stateMachineAliasArn: `${stateMachineArn}:live` }]);
  },
);
