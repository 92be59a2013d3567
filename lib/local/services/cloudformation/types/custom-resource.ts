import { AwsError } from "../../../aws-error.ts";
import { isObject } from "../../../../template/is-object.ts";
import {
  PartlyMadeError,
  type CurrentResource,
  type PhysicalResource,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from "./resource-type.ts";

const DEFAULT_TIMEOUT_SECONDS = 3600;

/** What a custom resource's function answers. */
interface Answer {
  readonly Status?: unknown;
  readonly Reason?: unknown;
  readonly PhysicalResourceId?: unknown;
  readonly Data?: unknown;
}

/** A resource made by a function of the user's: the function is invoked for real, and waited for. */
function customType(type: string): ResourceType {
  return {
    type,
    extraAttributes: ["*"],
    async create(desired, context) {
      const answer = await ask(context, desired, { RequestType: "Create" });
      const physicalId = typeof answer.PhysicalResourceId === "string" ? answer.PhysicalResourceId : context.name();
      if (answer.Status !== "SUCCESS") throw new PartlyMadeError(refusal(answer, context), { physicalId });
      return physical(physicalId, answer);
    },
    async update(desired, current, context) {
      const answer = await ask(context, desired, {
        RequestType: "Update",
        PhysicalResourceId: current.physicalId,
        OldResourceProperties: texts(current.properties),
      });
      if (answer.Status !== "SUCCESS") throw new AwsError("CustomResourceFailed", refusal(answer, context));
      return physical(
        typeof answer.PhysicalResourceId === "string" ? answer.PhysicalResourceId : current.physicalId,
        answer,
      );
    },
    async delete(current: CurrentResource, context) {
      const answer = await ask(context, current.properties, {
        RequestType: "Delete",
        PhysicalResourceId: current.physicalId,
      });
      if (answer.Status !== "SUCCESS") throw new AwsError("CustomResourceFailed", refusal(answer, context));
    },
  };
}

/** `Custom::Anything` and AWS::CloudFormation::CustomResource */
export const customResources: readonly ResourceType[] = [
  customType("Custom::*"),
  customType("AWS::CloudFormation::CustomResource"),
];

/** Invokes the function, and waits for what it sends to the address that it was given. */
async function ask(
  context: ResourceContext,
  properties: Properties,
  request: Record<string, unknown>,
): Promise<Answer> {
  const token = context.requestToken;
  const functionArn = serviceToken(properties);
  const { own } = context;
  own.openCallback(token);
  const event = {
    ...request,
    ServiceToken: functionArn,
    ResponseURL: own.callbackUrls(token).forFunctions,
    StackId: context.stackId,
    RequestId: token,
    LogicalResourceId: context.logicalId,
    ResourceType: context.type,
    ResourceProperties: texts(properties),
  };
  const isAnswered = (await own.answers(token, 1, 0, context.signal)) !== undefined;
  if (!isAnswered) {
    await context.call("lambda", "Invoke", {
      FunctionName: functionArn,
      InvocationType: "Event",
      Payload: new TextEncoder().encode(JSON.stringify(event)),
    });
  }
  const [answer] = (await own.answers(token, 1, timeoutMs(properties), context.signal)) ?? [];
  own.closeCallback(token);
  return isObject(answer)
    ? answer
    : { Status: "FAILED", Reason: answer === undefined ? NO_ANSWER(token) : "Invalid response object" };
}

function NO_ANSWER(token: string): string {
  return `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${token}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`;
}

function serviceToken(properties: Properties): string {
  const token = properties.ServiceToken;
  if (typeof token !== "string") throw new AwsError("ValidationError", "The property {/ServiceToken} is required");
  if (/^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:/.test(token)) return token;
  throw new AwsError(
    "ValidationError",
    `Invalid service token: ${token}. The local cloud supports custom resources that a Lambda function makes, not those behind an SNS topic.`,
  );
}

function timeoutMs(properties: Properties): number {
  const seconds = Number(properties.ServiceTimeout ?? DEFAULT_TIMEOUT_SECONDS);
  return (Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_TIMEOUT_SECONDS) * 1000;
}

/** CloudFormation hands every scalar over as text. */
function texts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(texts);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, texts(item)]));
  return String(value);
}

function refusal(answer: Answer, context: ResourceContext): string {
  const reason = typeof answer.Reason === "string" ? answer.Reason : "";
  return `Received response status [FAILED] from custom resource. Message returned: ${reason} (RequestId: ${context.requestToken})`;
}

function physical(physicalId: string, answer: Answer): PhysicalResource {
  return { physicalId, attributes: isObject(answer.Data) ? answer.Data : {} };
}
