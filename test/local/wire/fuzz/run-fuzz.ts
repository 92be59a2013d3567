import { Agent, request as send } from "node:http";
import { SERVICE_NAMES } from "../../../../lib/local/catalogue.ts";
import { SERVICES } from "../../../../lib/local/registry.ts";
import type { ServiceName } from "../../../../lib/local/service.ts";
import {
  readServiceModel,
  type OperationModel,
  type ProtocolName,
  type ServiceModel,
} from "../../../../lib/local/wire/service-model.ts";
import { listOperations } from "../../../../scripts/render-coverage.ts";
import type { TestCloud } from "../../../helpers/cloud.ts";
import { InputMaker } from "./make-input.ts";
import { Random } from "./random.ts";
import { makeWorld } from "./world.ts";
import { writeRequest, type FuzzRequest } from "./write-request.ts";

/** An answer that no request may get. */
export interface Finding {
  readonly call: string;
  readonly protocol: ProtocolName;
  readonly document: string;
  readonly status: number;
  readonly milliseconds: number;
}

export interface FuzzResult {
  readonly requests: number;
  /** Requests by the status of their answer; 0 is none. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers 500, and requests without an answer. */
  readonly failures: readonly Finding[];
  /** The answer that took longest. */
  readonly slowest: Finding | undefined;
  /** What the process's memory grew by after the first tenth, when all code is loaded. */
  readonly grownBytes: number;
}

/** After this an answer counts as missing. */
const TIMEOUT_MS = 5_000;

/** Operations that are left out: they would end the cloud's own work, or wait by design. */
const LEFT_OUT = new Set(["sfn GetActivityTask", "cloudwatch-logs StartLiveTail", "kinesis SubscribeToShard"]);

/** Sends requests of all carried operations, round and round, with documents made from the SDK's schemas. */
export async function runFuzz(
  cloud: TestCloud,
  options: { readonly seed: number; readonly requests: number },
): Promise<FuzzResult> {
  const vocabulary = await makeWorld(cloud);
  const random = new Random(options.seed);
  const maker = new InputMaker(random, vocabulary);
  const calls = await carriedCalls();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statuses: Record<string, number> = {};
  const failures: Finding[] = [];
  let slowest: Finding | undefined;
  let warmBytes = process.memoryUsage().rss;
  for (let index = 0; index < options.requests; index++) {
    const { service, model, operation } = calls[index % calls.length]!;
    const protocol = random.pick(protocolsOf(service, model));
    const document = maker.make(operation.input, random.happens(0.5));
    const request = writeRequest(model, operation, protocol, document);
    const started = performance.now();
    const status = await ask(cloud, agent, SERVICES[service].signingName, request);
    const milliseconds = Math.round(performance.now() - started);
    const found = {
      call: `${service} ${operation.name}`,
      protocol,
      document: JSON.stringify(document),
      status,
      milliseconds,
    };
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (index === Math.floor(options.requests / 10)) warmBytes = process.memoryUsage().rss;
    if (status === 500 || status === 0) failures.push(found);
    if (milliseconds > (slowest?.milliseconds ?? 0)) slowest = found;
  }
  agent.destroy();
  return { requests: options.requests, statuses, failures, slowest, grownBytes: process.memoryUsage().rss - warmBytes };
}

interface Call {
  readonly service: ServiceName;
  readonly model: ServiceModel;
  readonly operation: OperationModel;
}

async function carriedCalls(): Promise<Call[]> {
  const calls: Call[] = [];
  for (const service of SERVICE_NAMES) {
    const model = readServiceModel(await SERVICES[service].client());
    const { carried } = await listOperations(service);
    for (const name of carried) {
      const operation = model.operations.get(name);
      if (operation !== undefined && !LEFT_OUT.has(`${service} ${name}`)) calls.push({ service, model, operation });
    }
  }
  return calls;
}

/** The protocols that clients speak to the service. */
function protocolsOf(service: ServiceName, model: ServiceModel): [ProtocolName, ...ProtocolName[]] {
  const { alsoSpeaks = [] } = SERVICES[service].quirks ?? {};
  return [model.protocol, ...alsoSpeaks, ...(model.queryCompatible ? (["awsQuery"] as const) : [])];
}

/** The status of the answer; 0 where there is none. */
function ask(cloud: TestCloud, agent: Agent, signingName: string, request: FuzzRequest): Promise<number> {
  const { hostname, port } = new URL(cloud.endpoint);
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${signingName}/aws4_request, SignedHeaders=host, Signature=0`;
  return new Promise((resolve) => {
    const asked = send(
      {
        hostname,
        port,
        agent,
        method: request.method,
        path: request.path,
        headers: { ...request.headers, authorization },
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
        response.on("error", () => resolve(0));
      },
    );
    asked.setTimeout(TIMEOUT_MS, () => asked.destroy());
    asked.on("error", () => resolve(0));
    asked.end(request.body);
  });
}
