import type { LocalService, ServiceFactory } from "../../service.ts";
import { createGroup, deleteGroup, getGroup, listGroups } from "./groups.ts";
import { openScheduler } from "./context.ts";
import { createSchedule, deleteSchedule, getSchedule, listSchedules, updateSchedule } from "./schedules.ts";
import { listTags, tagResource, untagResource } from "./tags.ts";

/** Makes the EventBridge Scheduler: schedules in groups, which call functions and services in their time. */
export const createScheduler: ServiceFactory<"scheduler"> = (cloud): LocalService<"scheduler"> => {
  const scheduler = openScheduler(cloud);
  return {
    name: "scheduler",
    operations: {
      CreateSchedule: (input, context) => createSchedule(scheduler, input, context),
      CreateScheduleGroup: (input, context) => createGroup(scheduler, input, context),
      DeleteSchedule: (input, context) => deleteSchedule(scheduler, input, context),
      DeleteScheduleGroup: (input, context) => deleteGroup(scheduler, input, context),
      GetSchedule: (input, context) => getSchedule(scheduler, input, context),
      GetScheduleGroup: (input, context) => getGroup(scheduler, input, context),
      ListScheduleGroups: (input, context) => listGroups(scheduler, input, context),
      ListSchedules: (input, context) => listSchedules(scheduler, input, context),
      ListTagsForResource: (input, context) => listTags(scheduler, input, context),
      TagResource: (input, context) => tagResource(scheduler, input, context),
      UntagResource: (input, context) => untagResource(scheduler, input, context),
      UpdateSchedule: (input, context) => updateSchedule(scheduler, input, context),
    },
    start() {
      scheduler.deliveries.start();
      scheduler.clock.start();
    },
    async stop() {
      scheduler.clock.stop();
      scheduler.deliveries.stop();
      await scheduler.metrics.close();
    },
  };
};
