import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import type { TestCloud } from "./cloud.ts";

const run = promisify(execFile);

/** Whether boto3 and the AWS CLI, as Debian packs them, are there to be driven. */
export const hasBoto3 = isInstalled("python3", "-c", "import boto3");
export const hasAwsCli = isInstalled("aws", "--version");

/** Clients of others, pointed at a cloud. */
export interface DebianClients {
  /** Runs a script and answers the JSON that it prints. `ENDPOINT` is in its environment. */
  boto3(script: string): Promise<unknown>;
  /** Runs the AWS CLI and answers what it prints, as JSON. Rejects with its `stderr`. */
  aws(...args: string[]): Promise<string>;
}

export function debianClients(cloud: TestCloud, more: NodeJS.ProcessEnv = {}): DebianClients {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: cloud.stateFolder,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "eu-west-1",
    ENDPOINT: cloud.endpoint,
    ...more,
  };
  return {
    boto3: async (script) => JSON.parse((await run("python3", ["-c", script], { env })).stdout) as unknown,
    aws: async (...args) =>
      (await run("aws", ["--endpoint-url", cloud.endpoint, "--output", "json", ...args], { env })).stdout,
  };
}

function isInstalled(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
