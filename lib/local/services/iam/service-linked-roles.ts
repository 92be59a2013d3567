import { randomUUID } from "node:crypto";
import { type Iam, type Input, keyOf, nowMs, type Output, requireRole } from "./context.ts";
import { invalidInput, noSuchEntity } from "./errors.ts";
import { makeId } from "./names.ts";
import type { RoleRecord } from "../../policy/identity-records.ts";
import { describeRole } from "./roles.ts";

/** The end of the role's name and its AWS-managed policy, for the services that our apps meet. Recorded from AWS. */
const SERVICES = new Map([
  ["ecr.amazonaws.com", { suffix: "ECRTemplate", policy: "ECRTemplateServiceRolePolicy" }],
  [
    "email.cognito-idp.amazonaws.com",
    { suffix: "AmazonCognitoIdpEmailService", policy: "AmazonCognitoIdpEmailServiceRolePolicy" },
  ],
  ["elasticache.amazonaws.com", { suffix: "ElastiCache", policy: "ElastiCacheServiceRolePolicy" }],
  [
    "elasticloadbalancing.amazonaws.com",
    { suffix: "ElasticLoadBalancing", policy: "AWSElasticLoadBalancingServiceRolePolicy" },
  ],
  ["kafka.amazonaws.com", { suffix: "Kafka", policy: "KafkaServiceRolePolicy" }],
  ["lex.amazonaws.com", { suffix: "LexBots", policy: "AmazonLexBotPolicy" }],
  [
    "opensearchservice.amazonaws.com",
    { suffix: "AmazonOpenSearchService", policy: "AmazonOpenSearchServiceRolePolicy" },
  ],
  ["ops.apigateway.amazonaws.com", { suffix: "APIGateway", policy: "APIGatewayServiceRolePolicy" }],
  ["rds.amazonaws.com", { suffix: "RDS", policy: "AmazonRDSServiceRolePolicy" }],
  [
    "replication.dynamodb.amazonaws.com",
    { suffix: "DynamoDBReplication", policy: "DynamoDBReplicationServiceRolePolicy" },
  ],
]);

const DELETION_PREFIX = "task";

/** Creates the role that a service uses in the account, with the policy that AWS sets for it. */
export function createServiceLinkedRole(
  iam: Iam,
  input: Input<"CreateServiceLinkedRole">,
): Output<"CreateServiceLinkedRole"> {
  const service = input.AWSServiceName;
  const known = SERVICES.get(service);
  if (known === undefined) throw noSuchEntity(`Service role for ${service} is not supported by the local cloud.`);
  if (input.CustomSuffix !== undefined) throw invalidInput(`Custom suffix is not allowed for ${service}`);
  const name = `AWSServiceRoleFor${known.suffix}`;
  if (iam.roles.get(keyOf(name))) {
    throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`);
  }
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  const role: RoleRecord = {
    name,
    path: `/aws-service-role/${service}/`,
    id: makeId("role"),
    createdMs: nowMs(iam),
    inline: [],
    attached: [`arn:aws:iam::aws:policy/aws-service-role/${known.policy}`],
    tags: [],
    trust: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    ...(input.Description === undefined ? {} : { description: input.Description }),
    maxSessionSeconds: 3600,
  };
  iam.roles.put(keyOf(name), role);
  return { Role: describeRole(iam, role) };
}

/** Deletes a service-linked role and returns the task under which that is done. */
export function deleteServiceLinkedRole(
  iam: Iam,
  input: Input<"DeleteServiceLinkedRole">,
): Output<"DeleteServiceLinkedRole"> {
  const role = requireRole(iam, input.RoleName);
  iam.roles.delete(keyOf(role.name));
  return { DeletionTaskId: `${DELETION_PREFIX}${role.path}${role.name}/${randomUUID()}` };
}

/** Deleting takes no time here: a task that was given out has succeeded. */
export function getServiceLinkedRoleDeletionStatus(
  iam: Iam,
  input: Input<"GetServiceLinkedRoleDeletionStatus">,
): Output<"GetServiceLinkedRoleDeletionStatus"> {
  const role = /^task\/aws-service-role\/[^/]+\/([^/]+)\/[0-9a-f-]+$/.exec(input.DeletionTaskId)?.[1];
  if (role === undefined || iam.roles.get(keyOf(role))) {
    throw noSuchEntity(`Deletion task ${input.DeletionTaskId} cannot be found.`);
  }
  return { Status: "SUCCEEDED" };
}
