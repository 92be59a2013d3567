import type { LocalService, Operations, ServiceFactory } from "../../service.ts";
import {
  createApiDestination,
  deleteApiDestination,
  describeApiDestination,
  listApiDestinations,
  updateApiDestination,
} from "./connections/api-destinations.ts";
import { createArchive, deleteArchive, describeArchive, listArchives, updateArchive } from "./archives/archives.ts";
import { putPermission, removePermission } from "./buses/bus-policy.ts";
import { createBus, deleteBus, describeBus, listBuses, updateBus } from "./buses/buses.ts";
import {
  createConnection,
  deauthorizeConnection,
  deleteConnection,
  describeConnection,
  listConnections,
  updateConnection,
} from "./connections/connections.ts";
import { openEvents, type Events } from "./context.ts";
import { putEvents } from "./buses/put-events.ts";
import { cancelReplay, describeReplay, listReplays, startReplay } from "./archives/replays.ts";
import { deleteRule, describeRule, disableRule, enableRule, listRules, putRule } from "./rules/rules.ts";
import { listTags, tagResource, untagResource } from "./tags.ts";
import { listRuleNames, listTargets, putTargets, removeTargets } from "./rules/targets.ts";
import { testEventPattern } from "./rules/test-event-pattern.ts";

/** Makes EventBridge: buses, rules with targets, schedules, archives and replays, API destinations. */
export const createEventbridge: ServiceFactory<"eventbridge"> = (cloud): LocalService<"eventbridge"> => {
  const events = openEvents(cloud);
  return {
    name: "eventbridge",
    operations: { ...busOperations(events), ...ruleOperations(events), ...apiOperations(events) },
    start() {
      events.archived.expireAll(events);
      events.deliveries.start();
      events.replayer.start();
      events.clock.start();
    },
    async stop() {
      events.clock.stop();
      events.replayer.stop();
      events.deliveries.stop();
      await events.metrics.close();
    },
  };
};

const busOperations = (events: Events): Operations<"eventbridge"> => ({
  CreateEventBus: (input, context) => createBus(events, input, context),
  DeleteEventBus: (input, context) => deleteBus(events, input, context),
  DescribeEventBus: (input, context) => describeBus(events, input, context),
  ListEventBuses: (input, context) => listBuses(events, input, context),
  PutEvents: (input, context) => putEvents(events, input, context),
  PutPermission: (input, context) => putPermission(events, input, context),
  RemovePermission: (input, context) => removePermission(events, input, context),
  UpdateEventBus: (input, context) => updateBus(events, input, context),
  CancelReplay: (input, context) => cancelReplay(events, input, context),
  CreateArchive: (input, context) => createArchive(events, input, context),
  DeleteArchive: (input, context) => deleteArchive(events, input, context),
  DescribeArchive: (input, context) => describeArchive(events, input, context),
  DescribeReplay: (input, context) => describeReplay(events, input, context),
  ListArchives: (input, context) => listArchives(events, input, context),
  ListReplays: (input, context) => listReplays(events, input, context),
  StartReplay: (input, context) => startReplay(events, input, context),
  UpdateArchive: (input, context) => updateArchive(events, input, context),
});

const ruleOperations = (events: Events): Operations<"eventbridge"> => ({
  DeleteRule: (input, context) => deleteRule(events, input, context),
  DescribeRule: (input, context) => describeRule(events, input, context),
  DisableRule: (input, context) => disableRule(events, input, context),
  EnableRule: (input, context) => enableRule(events, input, context),
  ListRuleNamesByTarget: (input, context) => listRuleNames(events, input, context),
  ListRules: (input, context) => listRules(events, input, context),
  ListTagsForResource: (input, context) => listTags(events, input, context),
  ListTargetsByRule: (input, context) => listTargets(events, input, context),
  PutRule: (input, context) => putRule(events, input, context),
  PutTargets: (input, context) => putTargets(events, input, context),
  RemoveTargets: (input, context) => removeTargets(events, input, context),
  TagResource: (input, context) => tagResource(events, input, context),
  TestEventPattern: (input) => testEventPattern(input),
  UntagResource: (input, context) => untagResource(events, input, context),
});

const apiOperations = (events: Events): Operations<"eventbridge"> => ({
  CreateApiDestination: (input, context) => createApiDestination(events, input, context),
  CreateConnection: (input, context) => createConnection(events, input, context),
  DeauthorizeConnection: (input, context) => deauthorizeConnection(events, input, context),
  DeleteApiDestination: (input, context) => deleteApiDestination(events, input, context),
  DeleteConnection: (input, context) => deleteConnection(events, input, context),
  DescribeApiDestination: (input, context) => describeApiDestination(events, input, context),
  DescribeConnection: (input, context) => describeConnection(events, input, context),
  ListApiDestinations: (input, context) => listApiDestinations(events, input, context),
  ListConnections: (input, context) => listConnections(events, input, context),
  UpdateApiDestination: (input, context) => updateApiDestination(events, input, context),
  UpdateConnection: (input, context) => updateConnection(events, input, context),
});
