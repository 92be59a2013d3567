import type { AssemblyStack } from "../../assembly/assembly.ts";
import type { ReadTemplate } from "../../assembly/read-template.ts";
import { remoteError } from "../../aws/remote-error.ts";
import { RemoteError } from "../../errors.ts";
import type { IoHost } from "../../io/message.ts";
import { applyStack } from "../apply-stack.ts";
import { followUntilDone } from "../follow-stack.ts";
import { planStack } from "../plan-stack.ts";
import { EventFollower } from "../stack-events.ts";
import { readStackState, type StackState } from "../stack-state.ts";
import { stackClients } from "../stack-clients.ts";
import type { Target } from "../target.ts";
import type { JournalPlace } from "./journal-place.ts";

/** How long a version of the journal stays after it was replaced or deleted. */
const VERSIONS_KEPT_DAYS = 30;

/** Through whom the stack is made: the roles of one of the app's stacks. */
export type JournalStackRoles = Pick<AssemblyStack, "assumeRoleArn" | "executionRoleArn">;

/** What making the stack needs around it. */
export interface JournalStackContext {
  readonly target: Target;
  readonly host: IoHost;
  readonly signal: AbortSignal;
}

/** Makes the stack of the journals' bucket, or waits for another deployer that makes it. */
export async function makeJournalStack(
  place: JournalPlace,
  roles: JournalStackRoles,
  context: JournalStackContext,
): Promise<void> {
  const { bucket, stackName } = place;
  context.host.notify({
    code: "JournalStackMissing",
    level: "info",
    text: `The bucket ${bucket} of the release journals is missing: the stack ${stackName} makes it, once for account and region.`,
    data: { bucket, stackName },
  });
  try {
    await makeOrAwait(journalStack(place, roles), journalTemplate(bucket), context);
  } catch (error) {
    throw journalStackError(place, context.target, error);
  }
}

const ATTEMPTS = 3;

async function makeOrAwait(
  stack: AssemblyStack,
  staged: ReadTemplate,
  { target, host, signal }: JournalStackContext,
): Promise<void> {
  const { deployRole } = await stackClients(target, stack);
  for (let attempt = 1; ; attempt++) {
    const found = await readStackState(deployRole, stack.stackName);
    const isBusy = found !== undefined && isInProgress(found);
    const state = isBusy
      ? await followUntilDone(deployRole, found.stackId, new EventFollower(deployRole, stack, host))
      : found;
    const isThere = state?.status === "CREATE_COMPLETE" || state?.status === "UPDATE_COMPLETE";
    if (isThere && (isBusy || attempt > 1)) return;
    // CloudFormation does not look whether what it made is still there.
    if (isThere) throw bucketGone(stack.stackName);
    const gone = state?.status === "DELETE_COMPLETE" ? undefined : state;
    const template = { staged, synthesized: staged, deployedTemplate: staged.text };
    const plan = planStack({ stack, ...template, state: gone, parameters: {}, fence: 0 });
    try {
      await applyStack(plan, gone, { target, host, signal });
      return;
    } catch (error) {
      const now = await readStackState(deployRole, stack.stackName);
      const isMadeByOther = now !== undefined && (isInProgress(now) || now.status === "CREATE_COMPLETE");
      if (!isMadeByOther || attempt === ATTEMPTS) throw error;
    }
  }
}

function isInProgress({ status }: StackState): boolean {
  return status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";
}

function bucketGone(stackName: string): RemoteError {
  return new RemoteError("JournalBucketGone", `The stack ${stackName} is there, and the bucket that it made is not.`, {
    fix: `Delete the stack ${stackName}, then deploy again: it is made again.`,
  });
}

function journalStackError({ bucket, stackName }: JournalPlace, { account, region }: Target, error: unknown): Error {
  const fix =
    `The bucket ${bucket} belongs to account ${account} and is made by the stack ${stackName} in ${region}: ` +
    "deploy once with permission to create that stack, its bucket and the bucket policy. Nothing was released.";
  if (error instanceof RemoteError && error.code === "JournalBucketGone") return error;
  if (error instanceof RemoteError && error.code === "StackFailed") {
    return new RemoteError("JournalStackFailed", error.message, { cause: error, fix });
  }
  return remoteError("JournalStackFailed", `The stack ${stackName} of the release journals cannot be made`, error, fix);
}

function journalStack({ stackName }: JournalPlace, roles: JournalStackRoles): AssemblyStack {
  const { assumeRoleArn, executionRoleArn } = roles;
  return {
    id: stackName,
    stackName,
    displayName: stackName,
    templatePath: "",
    account: "unknown-account",
    region: "unknown-region",
    dependsOn: [],
    ...(assumeRoleArn === undefined ? {} : { assumeRoleArn }),
    ...(executionRoleArn === undefined ? {} : { executionRoleArn }),
    parameters: {},
    tags: {},
    notificationArns: [],
    terminationProtection: false,
    assets: [],
    dockerImages: [],
    origins: new Map(),
    missingContext: [],
  };
}

/** The bucket stays when the stack goes: the journals are worth more than the stack. */
function journalTemplate(bucketName: string): ReadTemplate {
  const kept = { DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" };
  const template = {
    Description:
      "The bucket of Tidegate's release journals: one for the account, the region and the bootstrap's qualifier",
    Resources: {
      Journals: {
        Type: "AWS::S3::Bucket",
        ...kept,
        Properties: {
          BucketName: bucketName,
          VersioningConfiguration: { Status: "Enabled" },
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
          },
          OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
          LifecycleConfiguration: {
            Rules: [
              {
                Id: "ExpireEarlierVersions",
                Status: "Enabled",
                NoncurrentVersionExpiration: { NoncurrentDays: VERSIONS_KEPT_DAYS },
              },
            ],
          },
        },
      },
      JournalsPolicy: {
        Type: "AWS::S3::BucketPolicy",
        ...kept,
        Properties: {
          Bucket: { Ref: "Journals" },
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              {
                Sid: "AllowTlsRequestsOnly",
                Effect: "Deny",
                Principal: "*",
                Action: "s3:*",
                Resource: [{ "Fn::GetAtt": ["Journals", "Arn"] }, { "Fn::Sub": "${Journals.Arn}/*" }],
                Condition: { Bool: { "aws:SecureTransport": "false" } },
              },
            ],
          },
        },
      },
    },
    Outputs: { BucketName: { Description: "The bucket of the release journals", Value: { Ref: "Journals" } } },
  };
  return { text: JSON.stringify(template), template };
}
