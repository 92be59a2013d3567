import {
  type ChangeSetType,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateTopicCommand, DeleteTopicCommand } from "@aws-sdk/client-sns";
import { PREFIX } from "../account.ts";
import type { Assumption, Bench } from "../assumption.ts";

const template = (value: string) =>
  JSON.stringify({
    Resources: { Mark: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: value } } },
  });

export const changeSetNames: Assumption = {
  id: "change-set-names",
  assumption: "The name of a deleted change set can be used again at once.",
  matters: "A restarted driver creates its change set again under the same name.",
  async ask(bench) {
    const StackName = `${PREFIX}-names`;
    await apply(bench, StackName, "CREATE", { TemplateBody: template("1") });
    const change = { StackName, ChangeSetName: "again", TemplateBody: template("2") };
    const { cloudformation } = bench.account;
    await cloudformation.send(new CreateChangeSetCommand(change));
    await reached(bench, StackName, "again");
    await cloudformation.send(new DeleteChangeSetCommand({ StackName, ChangeSetName: "again" }));
    try {
      await cloudformation.send(new CreateChangeSetCommand(change));
      return { holds: true, answer: "The name was taken at once.", facts: { refusal: null } };
    } catch (error) {
      const refusal = String(error);
      return { holds: false, answer: `It was refused: ${refusal}`, facts: { refusal } };
    }
  },
};

export const notificationArns: Assumption = {
  id: "notification-arns",
  assumption: "A change set that leaves NotificationARNs out keeps those of the stack.",
  matters: "The deployer passes none; an organisation's notifications would stop.",
  async ask(bench) {
    const StackName = `${PREFIX}-notified`;
    const { cloudformation, sns } = bench.account;
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: `${PREFIX}-topic` }));
    if (TopicArn === undefined) throw new Error("CreateTopic answered without an ARN");
    try {
      await apply(bench, StackName, "CREATE", { TemplateBody: template("1"), NotificationARNs: [TopicArn] });
      await apply(bench, StackName, "UPDATE", { TemplateBody: template("2") });
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
      const left = Stacks?.[0]?.NotificationARNs ?? [];
      const holds = left.includes(TopicArn);
      return { holds, answer: holds ? "They were kept." : "They were dropped.", facts: { count: left.length } };
    } finally {
      await sns.send(new DeleteTopicCommand({ TopicArn }));
    }
  },
};

async function apply(
  bench: Bench,
  StackName: string,
  ChangeSetType: ChangeSetType,
  input: { readonly TemplateBody: string; readonly NotificationARNs?: string[] },
): Promise<void> {
  const { cloudformation } = bench.account;
  const ChangeSetName = `${ChangeSetType.toLowerCase()}-acceptance`;
  await cloudformation.send(new CreateChangeSetCommand({ StackName, ChangeSetName, ChangeSetType, ...input }));
  await reached(bench, StackName, ChangeSetName);
  await cloudformation.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
  await bench.until(`${StackName} to be updated`, async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    const status = Stacks?.[0]?.StackStatus ?? "";
    if (/FAILED|ROLLBACK/.test(status)) throw new Error(`${StackName} is ${status}`);
    return status.endsWith("_COMPLETE") ? true : undefined;
  });
}

async function reached(bench: Bench, StackName: string, ChangeSetName: string): Promise<void> {
  await bench.until(`change set ${ChangeSetName} of ${StackName}`, async () => {
    const found = await bench.account.cloudformation.send(new DescribeChangeSetCommand({ StackName, ChangeSetName }));
    if (found.Status === "FAILED") throw new Error(`${ChangeSetName}: ${found.StatusReason}`);
    return found.Status === "CREATE_COMPLETE" ? true : undefined;
  });
}
