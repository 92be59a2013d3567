import { once } from "node:events";
import { createServer } from "node:http";
import { CreateQueueCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { PutParameterCommand, GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { startDaemon, type StartedDaemon } from "../../../lib/local/daemon/start-daemon.ts";
import { stopDaemon } from "../../../lib/local/daemon/stop-daemon.ts";
import { withStateFolder } from "./daemon-folder.ts";

const settingsOf = ({ endpoint }: StartedDaemon) => ({
  region: "us-east-1",
  endpoint,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

/** Listens on a port until it is closed, as another program would. */
async function occupy(port: number) {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

test("a second project's cloud takes a free port by itself, and the same one at its next start", () =>
  withStateFolder(async (stateFolder) => {
    const first = await startDaemon({ stateFolder, port: 0 });
    await stopDaemon(stateFolder);
    const again = await startDaemon({ stateFolder });
    expect(again.lock.port).toBe(first.lock.port);
    await stopDaemon(stateFolder);

    const other = await occupy(first.lock.port);
    const moved = await startDaemon({ stateFolder });
    expect(moved.lock.port).not.toBe(first.lock.port);
    await stopDaemon(stateFolder);
    other.close();
    expect((await startDaemon({ stateFolder })).lock.port).toBe(moved.lock.port);
  }));

test("addresses that the state holds lead to the cloud after it has moved to another port", () =>
  withStateFolder(async (stateFolder) => {
    const first = await startDaemon({ stateFolder, port: 0 });
    const sqs = new SQSClient(settingsOf(first));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
    const ssm = new SSMClient(settingsOf(first));
    await ssm.send(new PutParameterCommand({ Name: "/queue", Value: QueueUrl, Type: "String" }));
    await stopDaemon(stateFolder);

    const other = await occupy(first.lock.port);
    const moved = await startDaemon({ stateFolder });
    const { Parameter } = await new SSMClient(settingsOf(moved)).send(new GetParameterCommand({ Name: "/queue" }));
    expect(Parameter?.Value).toBe(QueueUrl?.replace(String(first.lock.port), String(moved.lock.port)));
    const after = new SQSClient(settingsOf(moved));
    const { QueueUrls } = await after.send(new ListQueuesCommand({}));
    expect(QueueUrls).toEqual([Parameter?.Value]);
    // The client takes the queue's URL as the address to send to.
    const sent = await after.send(new SendMessageCommand({ QueueUrl: Parameter?.Value, MessageBody: "here" }));
    expect(sent.MessageId).toBeDefined();
    other.close();
  }));
