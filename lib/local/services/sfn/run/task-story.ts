import { dataOf, type TaskStory } from "./event-data.ts";
import type { EventDetails } from "./run-journal.ts";
import type { TaskResource } from "./resource.ts";
import type { Attempt } from "./scope.ts";

/** How long a task may take, and how long it may be silent, in seconds. */
export interface TaskLimits {
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
}

const WHOLE = { truncated: false };

/** Records that the task is scheduled and, except for activities, started; the other events as they come. */
export function tellTask(
  attempt: Attempt,
  resource: TaskResource,
  given: unknown,
  limits: TaskLimits,
  at: string,
): TaskStory {
  const { run, frame } = attempt;
  const emit = (step: string, type: Parameters<typeof run.journal.emit>[1], details?: EventDetails) => {
    frame.last = run.journal.emit(`${at}:${step}`, type, frame.last, details);
  };
  const words = WORDS[resource.kind];
  const named = { resourceType: resource.service, resource: resource.action };
  const seconds = {
    ...(limits.timeoutSeconds !== undefined && { timeoutInSeconds: limits.timeoutSeconds }),
    ...(limits.heartbeatSeconds !== undefined && { heartbeatInSeconds: limits.heartbeatSeconds }),
  };
  const isIntegration = resource.kind === "integration";
  const wasSubmitted = run.journal.recall(`${at}:submitted`) !== undefined;
  emit("scheduled", `${words.noun}Scheduled`, {
    [`${words.details}ScheduledEventDetails`]: isIntegration
      ? { ...named, region: resource.region, parameters: JSON.stringify(given), ...seconds }
      : { resource: resource.arn, ...dataOf("input", given), ...seconds },
  });
  const begins = isIntegration ? { taskStartedEventDetails: named } : {};
  if (resource.kind !== "activity") emit("started", `${words.noun}Started`, begins);
  return {
    wasSubmitted,
    submitted(output) {
      emit("submit", "TaskSubmitted", { taskSubmittedEventDetails: { ...named, ...dataOf("output", output) } });
      run.journal.record(`${at}:submitted`, true);
    },
    taken(workerName) {
      emit("started", "ActivityStarted", {
        activityStartedEventDetails: { ...(workerName !== undefined && { workerName }) },
      });
    },
    succeeded(output) {
      const told = { output, outputDetails: WHOLE };
      emit("ended", `${words.noun}Succeeded`, {
        [`${words.details}SucceededEventDetails`]: isIntegration ? { ...named, ...told } : told,
      });
    },
    failed({ error, cause }) {
      const type = error === "States.Timeout" || error === "States.HeartbeatTimeout" ? "TimedOut" : "Failed";
      const told = { ...(error !== "" && { error }), ...(cause !== undefined && { cause }) };
      emit("ended", `${words.noun}${type}`, {
        [`${words.details}${type}EventDetails`]: isIntegration ? { ...named, ...told } : told,
      });
    },
  };
}

const WORDS = {
  function: { noun: "LambdaFunction", details: "lambdaFunction" },
  activity: { noun: "Activity", details: "activity" },
  integration: { noun: "Task", details: "task" },
} as const;
