import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { vi } from "vitest";
import { runDeploy } from "../../lib/cli/verbs/deploy-run.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { wireApp, type WireApp, type WireAppSource } from "../helpers/wire-app.ts";

/** An app that is deployed to a cloud of its own, for verbs that look at it. */
export interface LookedAtApp {
  readonly cloud: TestCloud;
  readonly app: WireApp;
  /** Deploys again. Throws where that fails. */
  deploy(source: WireAppSource): Promise<void>;
  /** Calls a function whose name begins so, and returns the request's id. */
  call(functionName: string, payload?: unknown, qualifier?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a cloud and deploys the app with these source files. */
export async function startLookedAtApp(
  files: Readonly<Record<string, string>>,
  source: WireAppSource,
): Promise<LookedAtApp> {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const cloud = await startTestCloud();
  const app = wireApp(cloud.endpoint);
  const lambda = cloud.client(LambdaClient);
  for (const [path, text] of Object.entries(files)) app.project.write(path, text);
  const deploy = async (next: WireAppSource) => {
    app.write(next);
    const { exitCode, lines } = await app.run(runDeploy);
    if (exitCode !== 0) throw new Error(lines?.join("\n"));
  };
  await deploy(source);
  return {
    cloud,
    app,
    deploy,
    async call(FunctionName, payload = {}, Qualifier = "live") {
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName, Qualifier, Payload: JSON.stringify(payload), LogType: "Tail" }),
      );
      return answer.$metadata.requestId ?? "";
    },
    async stop() {
      app.remove();
      await cloud.stop();
      vi.unstubAllEnvs();
    },
  };
}
