import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  SchedulerClient,
  type Target,
} from "@aws-sdk/client-scheduler";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { makeRole } from "../../helpers/make-role.ts";
import { openQueues, type QueueFixture } from "../eventbridge/queue-fixture.ts";

/** What a role may do; with any resource where none is named. */
interface Allowed {
  readonly actions: string[];
  readonly resources?: string[];
}

/** A cloud with a client of the Scheduler, a role that may do anything, and queues to be reached. */
export interface SchedulerFixture {
  readonly cloud: TestCloud;
  readonly scheduler: SchedulerClient;
  readonly queues: QueueFixture;
  /** A role that the Scheduler may assume, with these actions allowed on these resources. Answers its ARN. */
  readonly role: (name: string, allowed?: Allowed) => Promise<string>;
  /** Makes a schedule, by default one that is on time and may do anything. */
  readonly schedule: (
    name: string,
    expression: string,
    target: Partial<Target>,
    more?: Partial<CreateScheduleCommandInput>,
  ) => Promise<string>;
  /** What the Scheduler says of a schedule of the default group. */
  readonly scheduled: (name: string) => Promise<GetScheduleCommandOutput>;
}

export const ANY_ROLE = "arn:aws:iam::000000000000:role/any";

export async function startScheduler(options: Parameters<typeof startTestCloud>[0] = {}): Promise<SchedulerFixture> {
  return openScheduler(await startTestCloud(options));
}

/** The same on a cloud that is there. */
export async function openScheduler(cloud: TestCloud): Promise<SchedulerFixture> {
  const scheduler = cloud.client(SchedulerClient);
  const role = (name: string, allowed: Allowed = { actions: ["*"] }) => makeNarrowRole(cloud, name, allowed);
  await makeRole(cloud.client(IAMClient), "any");
  return {
    cloud,
    scheduler,
    queues: openQueues(cloud),
    role,
    async schedule(Name, ScheduleExpression, target, more = {}) {
      const { ScheduleArn } = await scheduler.send(
        new CreateScheduleCommand({ ...scheduleInput(Name, ScheduleExpression, target), ...more }),
      );
      return ScheduleArn!;
    },
    scheduled: (Name) => scheduler.send(new GetScheduleCommand({ Name })),
  };
}

/** What CreateSchedule takes. */
export function scheduleInput(Name: string, ScheduleExpression: string, target: Partial<Target>) {
  return {
    Name,
    ScheduleExpression,
    FlexibleTimeWindow: { Mode: "OFF" as const },
    Target: { Arn: undefined, RoleArn: ANY_ROLE, ...target },
  };
}

const TRUST = {
  Effect: "Allow",
  Principal: { Service: "scheduler.amazonaws.com" },
  Action: "sts:AssumeRole",
};

async function makeNarrowRole(
  cloud: TestCloud,
  RoleName: string,
  { actions, resources = ["*"] }: Allowed,
): Promise<string> {
  const iam = cloud.client(IAMClient);
  const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(TRUST) }));
  const PolicyDocument = document({ Effect: "Allow", Action: actions, Resource: resources });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "allowed", PolicyDocument }));
  return Role!.Arn!;
}
