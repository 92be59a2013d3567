import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { startDaemon } from "../../../lib/local/daemon/start-daemon.ts";
import { withStateFolder } from "./daemon-folder.ts";

const WORKERS = 8;
const ROUNDS = 3;
/** So many are acknowledged before the cloud is killed; others are on their way then. */
const WRITES_A_ROUND = 20;

function client(endpoint: string, accessKeyId = "test"): STSClient {
  return new STSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "test" },
    maxAttempts: 1,
  });
}

test("a cloud that is killed under load loses nothing that it acknowledged", () =>
  withStateFolder(async (stateFolder) => {
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { endpoint, pid } = await startDaemon({ stateFolder, port: 0 });
      const writers = Array.from({ length: WORKERS }, () => writeUntilKilled(endpoint, acknowledged));
      await expect
        .poll(() => acknowledged.length, { interval: 10 })
        .toBeGreaterThanOrEqual((round + 1) * WRITES_A_ROUND);
      process.kill(pid, "SIGKILL");
      await Promise.all(writers);
    }
    const { endpoint } = await startDaemon({ stateFolder, port: 0 });
    const lost: string[] = [];
    for (const key of acknowledged) {
      const sts = client(endpoint, key);
      await sts.send(new GetCallerIdentityCommand({})).catch(() => lost.push(key));
      sts.destroy();
    }
    console.log(`${acknowledged.length} writes were acknowledged over ${ROUNDS} kills, ${lost.length} were lost`);
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(lost).toEqual([]);
  }));

async function writeUntilKilled(endpoint: string, acknowledged: string[]): Promise<void> {
  const sts = client(endpoint);
  try {
    for (;;) {
      const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
      acknowledged.push(Credentials!.AccessKeyId!);
    }
  } catch {
    sts.destroy();
  }
}
