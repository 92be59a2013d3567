import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type CreateFunctionCommandInput,
  type InvokeCommandInput,
} from "@aws-sdk/client-lambda";
import { zip } from "../../../lib/util/zip.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

export const ROLE = "arn:aws:iam::000000000000:role/test";

/** A cloud with a Lambda client and the few steps that every test of Lambda takes. */
export interface LambdaFixture {
  readonly cloud: TestCloud;
  readonly lambda: LambdaClient;
  /** Makes a function and waits until it is active. */
  make(name: string, code: string, more?: Partial<CreateFunctionCommandInput>): Promise<void>;
  /** Waits until the last update is through. */
  updated(name: string): Promise<void>;
  call(name: string, event?: unknown, more?: Partial<InvokeCommandInput>): Promise<Called>;
}

export interface Called {
  readonly payload: unknown;
  readonly functionError: string | undefined;
  readonly executedVersion: string | undefined;
  readonly log: string;
}

export async function startLambda(options: Parameters<typeof startTestCloud>[0] = {}): Promise<LambdaFixture> {
  const cloud = await startTestCloud({ roles: ["test"], ...options });
  const lambda = cloud.client(LambdaClient);
  const waiting = { client: lambda, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
  return {
    cloud,
    lambda,
    async make(name, code, more = {}) {
      const file = more.Runtime?.startsWith("python") ? "index.py" : "index.js";
      await lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Runtime: "nodejs22.x",
          Role: ROLE,
          Handler: "index.handler",
          Code: { ZipFile: await zipOf({ [file]: code }) },
          ...more,
        }),
      );
      await waitUntilFunctionActiveV2(waiting, { FunctionName: name });
    },
    async updated(name) {
      await waitUntilFunctionUpdatedV2(waiting, { FunctionName: name });
    },
    async call(name, event, more = {}) {
      const Payload = event === undefined ? undefined : JSON.stringify(event);
      const answer = await lambda.send(new InvokeCommand({ FunctionName: name, Payload, ...more }));
      const text = answer.Payload?.transformToString() ?? "";
      return {
        payload: text === "" ? undefined : (JSON.parse(text) as unknown),
        functionError: answer.FunctionError,
        executedVersion: answer.ExecutedVersion,
        log: Buffer.from(answer.LogResult ?? "", "base64").toString(),
      };
    },
  };
}

/** A zip of text files by path. */
export async function zipOf(files: Record<string, string>): Promise<Uint8Array> {
  return zip(Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) })));
}

/** Resolves once `check` holds; fails after ten seconds. */
export async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let end = Date.now() + 10_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (await check()) return;
  }
  throw new Error("It did not happen within ten seconds.");
}
