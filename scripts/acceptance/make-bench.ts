import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { setTimeout as sleep } from "node:timers/promises";
import { type Account, PREFIX } from "./account.ts";
import type { Bench } from "./assumption.ts";
import { ProbeFunction } from "./probe-function.ts";

const TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: ["lambda.amazonaws.com", "states.amazonaws.com"] },
      Action: "sts:AssumeRole",
    },
  ],
};
const MAY_LOG = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
  ],
};
const LOOK_EVERY_MS = 1_000;
const LIMIT_MS = 10 * 60_000;
/** A new role is not known everywhere at once: Lambda refuses it for some seconds. */
const ROLE_LIMIT_MS = 2 * 60_000;

/** Makes the role of the run, and the means to put assumptions to the test. */
export async function makeBench(account: Account, accountId: string): Promise<Bench> {
  const RoleName = `${PREFIX}-role`;
  const made = await account.iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(TRUST) }),
  );
  const PolicyDocument = JSON.stringify(MAY_LOG);
  await account.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "logs", PolicyDocument }));
  const roleArn = made.Role?.Arn ?? `arn:aws:iam::${accountId}:role/${RoleName}`;
  const bench: Bench = {
    account,
    accountId,
    roleArn,
    until,
    makeFunction: (name) =>
      until(
        `a function with the new role`,
        () => ProbeFunction.create(`${PREFIX}-${name}`, bench).catch(unlessRoleIsNew),
        ROLE_LIMIT_MS,
      ),
  };
  return bench;
}

function unlessRoleIsNew(error: unknown): undefined {
  if (error instanceof Error && error.message.includes("cannot be assumed by Lambda")) return undefined;
  throw error;
}

async function until<T>(what: string, look: () => Promise<T | undefined>, limitMs = LIMIT_MS): Promise<T> {
  for (const startedAt = performance.now(); performance.now() - startedAt < limitMs; await sleep(LOOK_EVERY_MS)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`Waited ${limitMs / 1000} s for ${what}`);
}
