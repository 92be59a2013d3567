import { randomUUID } from "node:crypto";
import type { Access } from "../../lib/local/server/authorise.ts";
import { isAwsError } from "../../lib/local/aws-error.ts";
import type { GrantedStatement } from "./granted-statements.ts";
import { type Evidence, evidenceOf } from "./refusal-evidence.ts";
import type { StarterApp } from "./starter-app.ts";
import { DRIVES, FailedAnswer } from "./starter-drives.ts";
import { call as callApi } from "./todo-client.ts";

/**
 * How a missing statement shows. `words`: AWS's refusal, in an answer, a log, a dead letter or an execution. `metric`:
 * a dead letter that is lost, which AWS counts and says nothing of. `silence`: log lines and records that are lost.
 * `simulation`: an explicit Deny, which takes a request that IAM's simulator alone can make here.
 */
export type Showing = "words" | "metric" | "silence" | "simulation";

/** An app with what its cloud has refused so far. */
export interface Watched {
  readonly app: StarterApp;
  readonly refused: readonly Access[];
}

/** One way to see that a statement is missing. */
interface Proof {
  readonly showing: Showing;
  /** A statement without which the one under proof has no work: the target of a dead-letter queue. */
  readonly partner?: GrantedStatement;
  /** Resolves where the app does its work, rejects with what it was refused. */
  readonly use: () => Promise<void>;
  /** What must be seen once the statement is missing. */
  readonly seen: () => Promise<boolean>;
}

const PATIENCE_MS = 20_000;

/** Removes a statement, uses the app, expects AWS's refusal, and puts the statement back. */
export async function proveStatement(
  watched: Watched,
  granted: GrantedStatement,
  all: readonly GrantedStatement[],
): Promise<Showing> {
  const proof = await proofOf(watched, granted, all);
  await proof.partner?.remove();
  await granted.remove();
  try {
    await proof.use().catch((error: unknown) => {
      if (!(error instanceof Refused || error instanceof FailedAnswer)) throw error;
    });
    if (!(await holdsWithin(PATIENCE_MS, proof.seen))) throw new Error(`needless, or its refusal is not AWS's`);
    return proof.showing;
  } finally {
    await granted.restore();
    await proof.partner?.restore();
  }
}

/** Uses the whole app once and expects that nothing is refused. */
export async function driveApp(watched: Watched): Promise<void> {
  await drive(watched, () => Promise.resolve(false));
}

/** A drive was aborted because what it waits for has been refused. */
class Refused extends Error {}

async function drive({ app }: Watched, isRefused: () => Promise<boolean>): Promise<void> {
  await DRIVES[app.name]!({
    app,
    mark: randomUUID(),
    async api<T>(method: string, path: string, body?: unknown) {
      const answer = await callApi<T>(app.outputs["ApiUrl"]!, method, path, body);
      if (answer.status >= 500) throw new FailedAnswer(JSON.stringify(answer));
      return answer.body;
    },
    async until(check) {
      const isOver = async () => {
        if (await isRefused()) throw new Refused();
        return check();
      };
      if (!(await holdsWithin(PATIENCE_MS, isOver))) throw new Error("the app does not do its work");
    },
  });
}

async function holdsWithin(limitMs: number, check: () => Promise<boolean>): Promise<boolean> {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs;) {
    if (await check()) return true;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return false;
}

async function proofOf(watched: Watched, granted: GrantedStatement, all: readonly GrantedStatement[]): Promise<Proof> {
  const { app, refused } = watched;
  const { kind, holder, statement } = granted;
  const actions = [statement.Action].flat();
  const evidence = evidenceOf(app);
  const byDrive = (pattern: RegExp): Proof => {
    const seen = () => evidence.shows(pattern);
    return { showing: "words", use: () => drive(watched, seen), seen };
  };
  const byCall = (call: () => Promise<unknown>, words: string): Proof => {
    let said = "";
    const use = async () => {
      await call().catch((error: unknown) => {
        if (!isAwsError(error)) throw error;
        said = error.message;
      });
    };
    return { showing: "words", use, seen: () => Promise.resolve(said === words) };
  };
  if (statement.Effect === "Deny") return denyProof(app, granted);
  if (kind === "bucket") return deletionProof(app, holder, evidence);
  if (kind === "trust" || kind === "role") {
    const call = evidence.configurationCall(granted);
    if (call !== undefined) return byCall(call.make, call.words);
  }
  if (isDeadLetterGrant(app, granted)) {
    const partner = partnerOf(app, granted, all);
    const seen = () => evidence.lostDeadLetter();
    return { showing: "metric", partner, use: () => drive(watched, seen), seen };
  }
  if (kind === "trust" || kind === "function" || kind === "queue") {
    const service = (statement.Principal as { readonly Service: string }).Service;
    return byDrive(
      service.startsWith("apigateway") ? /doesn't have permissions to call the integration/ : /^dead letter in /m,
    );
  }
  const session = `:assumed-role/${holder}/`;
  const mine = (action: RegExp) =>
    refused.slice(from).some(({ caller, permission }) => caller.includes(session) && action.test(permission.action));
  const from = refused.length;
  if (actions[0]!.startsWith("logs:") || evidence.isFailureDestination(granted)) {
    const seen = () => Promise.resolve(mine(/^(logs|sqs):/));
    return { showing: "silence", use: () => drive(watched, seen), seen };
  }
  const names = actions.map((action) => action.replaceAll("*", String.raw`\w*`)).join("|");
  return byDrive(
    new RegExp(
      `${session}\\S+ is not authorized to perform: (${names}) on resource: \\S+ because no identity-based policy allows`,
      "i",
    ),
  );
}

/** A queue's grant to a service, or a schedule's own, for events that did not reach their target. */
function isDeadLetterGrant(app: StarterApp, { kind, holder, statement }: GrantedStatement): boolean {
  const resource = app.resources.find(({ physicalId }) => physicalId === holder)!;
  if (kind === "queue") return resource.id.includes("DeadLetters");
  const isSchedules = kind === "role" && String(statement.Resource).includes("DeadLetters");
  return isSchedules && [statement.Action].flat().join() === "sqs:SendMessage";
}

/** The statement that lets the same service reach the target whose dead letters are kept. */
function partnerOf(app: StarterApp, granted: GrantedStatement, all: readonly GrantedStatement[]): GrantedStatement {
  const { kind, holder, statement } = granted;
  const others = all.filter(
    (other) => other !== granted && other.statement.Effect === "Allow" && other.kind !== "trust",
  );
  const ofRole = others.find((other) => other.kind === "role" && other.holder === holder);
  if (kind === "role" && ofRole !== undefined) return ofRole;
  const reaching = others.filter(
    (other) => !isDeadLetterGrant(app, other) && sourceOf(other.statement) === sourceOf(statement),
  );
  // A topic reaches several targets: the queue is called after its own.
  const id = app.resources.find(({ physicalId }) => physicalId === holder)?.id ?? "";
  const found = reaching.length > 1 ? reaching.find((other) => id.includes(targetOf(other))) : reaching[0];
  // A rule that starts a workflow does so in a role.
  const starting = others.find(
    (other) => other.statement.Action === "states:StartExecution" && other.holder.includes("Events"),
  );
  if (found === undefined && starting === undefined) throw new Error(`nothing reaches the target of ${holder}`);
  return found ?? starting!;
}

/** The rule or topic for which a service may act. */
function sourceOf({ Condition = {} }: GrantedStatement["statement"]): unknown {
  return Object.values(Condition).flatMap((keys) => Object.values(keys))[0];
}

/** The construct's id that a function's or a queue's name begins with, after the stack's. */
function targetOf({ holder }: GrantedStatement): string {
  const name = /[:/](\w+-[\w-]+)(:live)?$/.exec(holder)?.[1] ?? "";
  return /^[A-Z][a-z]+/.exec(name.split("-")[1] ?? "")?.[0] ?? name;
}

/** A Deny is about plain HTTP, and the local cloud speaks HTTP: IAM's simulator judges the stored policy instead. */
async function denyProof({ cloud }: StarterApp, { statement, read }: GrantedStatement): Promise<Proof> {
  const everything = { Effect: "Allow", Action: "*", Resource: "*" };
  const action = String(statement.Action);
  const decide = async () => {
    const ResourcePolicy = await read?.().catch(() => undefined);
    const { EvaluationResults } = await cloud.call("iam", "SimulateCustomPolicy", {
      PolicyInputList: [JSON.stringify({ Version: "2012-10-17", Statement: [everything] })],
      ActionNames: [EXAMPLES[action] ?? action],
      ResourceArns: [[statement.Resource].flat()[0]!],
      CallerArn: "arn:aws:iam::000000000000:user/plain",
      ContextEntries: [
        { ContextKeyName: "aws:SecureTransport", ContextKeyType: "boolean", ContextKeyValues: ["false"] },
      ],
      ...(ResourcePolicy !== undefined && { ResourcePolicy }),
    });
    return EvaluationResults?.[0]?.EvalDecision;
  };
  const before = await decide();
  const seen = async () => before === "explicitDeny" && (await decide()) === "allowed";
  return { showing: "simulation", use: () => Promise.resolve(), seen };
}

/** An action for each pattern. */
const EXAMPLES: Readonly<Record<string, string>> = { "sqs:*": "sqs:SendMessage", "s3:*": "s3:ListBucket" };

/** A bucket that is emptied with its stack: the stack cannot be deleted. Comes last. */
function deletionProof(app: StarterApp, Bucket: string, evidence: Evidence): Proof {
  const { cloud, region } = app;
  const use = async () => {
    await cloud.call("s3", "PutObject", { Bucket, Key: "in/left.txt", Body: Buffer.from("left") }, { region });
    await cloud.call("cloudformation", "DeleteStack", { StackName: app.stackName }, { region });
  };
  return { showing: "words", use, seen: () => evidence.stackSays(/is not authorized to perform: s3:\w+ on resource/) };
}
