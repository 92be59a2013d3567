import type { ServiceFactory } from "../../service.ts";
import { ChangeSetStore } from "./change-sets/change-set-record.ts";
import { Callbacks } from "./engine/callbacks.ts";
import { Engine } from "./engine/engine.ts";
import { nestedStacks } from "./engine/nested-stacks.ts";
import { EventLog } from "./events.ts";
import type { StackRecord } from "./model.ts";
import { deleteChangeSet, executeChangeSet, listChangeSets } from "./operations/change-sets.ts";
import { createChangeSet } from "./operations/create-change-set.ts";
import { describeChangeSet } from "./operations/describe-change-set.ts";
import {
  describeStackEvents,
  describeStackResource,
  describeStackResources,
  listStackResources,
} from "./operations/describe-resources.ts";
import { describeStacks, listStacks } from "./operations/describe-stacks.ts";
import { listExports, listImports } from "./operations/exports.ts";
import { cancelUpdateStack, continueUpdateRollback, rollbackStack } from "./operations/rollback.ts";
import type { CloudformationParts } from "./operations/service.ts";
import { getStackPolicy, setStackPolicy } from "./operations/stack-policy.ts";
import { createStack, deleteStack, updateStack, updateTerminationProtection } from "./operations/stacks.ts";
import { getTemplate, getTemplateSummary, validateTemplate } from "./operations/templates.ts";
import { forgetOldStacks } from "./forget-stacks.ts";
import { StackStore } from "./stack-store.ts";

/** The local CloudFormation. See README.md for what it does not do, and where it differs on purpose. */
export const createCloudformation: ServiceFactory<"cloudformation"> = (cloud) => {
  const store = new StackStore(cloud);
  const events = new EventLog(cloud);
  const callbacks = new Callbacks(cloud);
  const nestedIn = (stack: StackRecord) => nestedStacks(parts, stack);
  const engine = new Engine({ cloud, store, events, callbacks, nestedIn });
  const parts: CloudformationParts = { cloud, store, events, engine, changeSets: new ChangeSetStore(cloud) };
  return {
    name: "cloudformation",
    operations: {
      CancelUpdateStack: (input, context) => cancelUpdateStack(parts, input, context),
      ContinueUpdateRollback: (input, context) => continueUpdateRollback(parts, input, context),
      CreateChangeSet: (input, context) => createChangeSet(parts, input, context),
      CreateStack: (input, context) => createStack(parts, input, context),
      DeleteChangeSet: (input, context) => deleteChangeSet(parts, input, context),
      DeleteStack: (input, context) => deleteStack(parts, input, context),
      DescribeChangeSet: (input, context) => describeChangeSet(parts, input, context),
      DescribeStackEvents: (input, context) => describeStackEvents(parts, input, context),
      DescribeStackResource: (input, context) => describeStackResource(parts, input, context),
      DescribeStackResources: (input, context) => describeStackResources(parts, input, context),
      DescribeStacks: (input, context) => describeStacks(parts, input, context),
      ExecuteChangeSet: (input, context) => executeChangeSet(parts, input, context),
      GetStackPolicy: (input, context) => getStackPolicy(parts, input, context),
      GetTemplate: (input, context) => getTemplate(parts, input, context),
      GetTemplateSummary: (input, context) => getTemplateSummary(parts, input, context),
      ListChangeSets: (input, context) => listChangeSets(parts, input, context),
      ListExports: (input, context) => listExports(parts, input, context),
      ListImports: (input, context) => listImports(parts, input, context),
      ListStackResources: (input, context) => listStackResources(parts, input, context),
      ListStacks: (input, context) => listStacks(parts, input, context),
      RollbackStack: (input, context) => rollbackStack(parts, input, context),
      SetStackPolicy: (input, context) => setStackPolicy(parts, input, context),
      UpdateStack: (input, context) => updateStack(parts, input, context),
      UpdateTerminationProtection: (input, context) => updateTerminationProtection(parts, input, context),
      ValidateTemplate: (input, context) => validateTemplate(parts, input, context),
    },
    routes: [callbacks.route()],
    start: () => {
      forgetOldStacks(cloud, store, events, parts.changeSets);
      engine.resumeAll();
    },
    stop: () => engine.stop(),
  };
};
