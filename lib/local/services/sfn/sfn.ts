import type { LocalService, ServiceFactory } from "../../service.ts";
import {
  createActivity,
  deleteActivity,
  describeActivity,
  getActivityTask,
  listActivities,
  listTags,
  sendTaskFailure,
  sendTaskHeartbeat,
  sendTaskSuccess,
  tagResource,
  untagResource,
} from "./activities.ts";
import { createAlias, deleteAlias, describeAlias, listAliases, updateAlias } from "./aliases.ts";
import {
  describeExecution,
  getExecutionHistory,
  listExecutions,
  redriveExecution,
  startExecution,
  startSyncExecution,
  stopExecution,
} from "./executions.ts";
import { describeMapRun, listMapRuns, updateMapRun } from "./map-runs.ts";
import { openSfn } from "./context.ts";
import {
  createStateMachine,
  deleteStateMachine,
  describeForExecution,
  describeStateMachine,
  listStateMachines,
  updateStateMachine,
  validateDefinition,
} from "./state-machines.ts";
import { testState } from "./test-state.ts";
import { deleteVersion, listVersions, publishVersion } from "./versions.ts";

/** Makes Step Functions: state machines with versions and aliases, and executions that survive a restart. */
export const createSfn: ServiceFactory<"sfn"> = (cloud): LocalService<"sfn"> => {
  const sfn = openSfn(cloud);
  return {
    name: "sfn",
    operations: {
      CreateActivity: (input, context) => createActivity(sfn, input, context),
      CreateStateMachine: (input, context) => createStateMachine(sfn, input, context),
      CreateStateMachineAlias: (input) => createAlias(sfn, input),
      DeleteActivity: (input) => deleteActivity(sfn, input),
      DeleteStateMachine: (input) => deleteStateMachine(sfn, input),
      DeleteStateMachineAlias: (input) => deleteAlias(sfn, input),
      DeleteStateMachineVersion: (input) => deleteVersion(sfn, input),
      DescribeActivity: (input) => describeActivity(sfn, input),
      DescribeExecution: (input) => describeExecution(sfn, input),
      DescribeMapRun: (input) => describeMapRun(sfn, input),
      DescribeStateMachine: (input) => describeStateMachine(sfn, input),
      DescribeStateMachineAlias: (input) => describeAlias(sfn, input),
      DescribeStateMachineForExecution: (input) => describeForExecution(sfn, input),
      GetActivityTask: (input, context) => getActivityTask(sfn, input, context),
      GetExecutionHistory: (input) => getExecutionHistory(sfn, input),
      ListActivities: (input, context) => listActivities(sfn, input, context),
      ListExecutions: (input) => listExecutions(sfn, input),
      ListMapRuns: (input) => listMapRuns(sfn, input),
      ListStateMachineAliases: (input) => listAliases(sfn, input),
      ListStateMachines: (input, context) => listStateMachines(sfn, input, context),
      ListStateMachineVersions: (input) => listVersions(sfn, input),
      ListTagsForResource: (input) => listTags(sfn, input),
      PublishStateMachineVersion: (input) => publishVersion(sfn, input),
      RedriveExecution: (input) => redriveExecution(sfn, input),
      SendTaskFailure: (input) => sendTaskFailure(sfn, input),
      SendTaskHeartbeat: (input) => sendTaskHeartbeat(sfn, input),
      SendTaskSuccess: (input) => sendTaskSuccess(sfn, input),
      StartExecution: (input) => startExecution(sfn, input),
      StartSyncExecution: (input) => startSyncExecution(sfn, input),
      StopExecution: (input) => stopExecution(sfn, input),
      TagResource: (input) => tagResource(sfn, input),
      TestState: (input, context) => testState(sfn, input, context),
      UntagResource: (input) => untagResource(sfn, input),
      UpdateMapRun: (input) => updateMapRun(sfn, input),
      UpdateStateMachine: (input) => updateStateMachine(sfn, input),
      UpdateStateMachineAlias: (input) => updateAlias(sfn, input),
      ValidateStateMachineDefinition: (input) => validateDefinition(input),
    },
    start: () => {
      sfn.statusEvents.start();
      sfn.runner.resume();
    },
    stop: async () => {
      await sfn.runner.shutdown();
      sfn.statusEvents.stop();
      await sfn.metrics.close();
    },
  };
};
