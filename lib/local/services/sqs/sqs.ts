import type { LocalService, ServiceFactory } from "../../service.ts";
import { cancelMoveTask, listMoveTasks, resumeMoveTasks, startMoveTask } from "./move-tasks.ts";
import {
  addPermission,
  createQueue,
  deleteQueue,
  getQueueAttributes,
  getQueueUrl,
  listDeadLetterSources,
  listQueues,
  listQueueTags,
  purgeQueue,
  removePermission,
  setQueueAttributes,
  tagQueue,
  untagQueue,
} from "./queues.ts";
import { receiveMessage } from "./receive.ts";
import { sendMessage, sendMessageBatch } from "./send.ts";
import { changeVisibility, changeVisibilityBatch, deleteMessage, deleteMessageBatch } from "./settle.ts";
import { openSqs } from "./context.ts";

/** Makes SQS: standard and FIFO queues whose messages survive a restart. */
export const createSqs: ServiceFactory<"sqs"> = (cloud): LocalService<"sqs"> => {
  const sqs = openSqs(cloud);
  return {
    name: "sqs",
    operations: {
      AddPermission: (input, context) => addPermission(sqs, input, context),
      CancelMessageMoveTask: (input) => cancelMoveTask(sqs, input),
      ChangeMessageVisibility: (input, context) => changeVisibility(sqs, input, context),
      ChangeMessageVisibilityBatch: (input, context) => changeVisibilityBatch(sqs, input, context),
      CreateQueue: (input, context) => createQueue(sqs, input, context),
      DeleteMessage: (input, context) => deleteMessage(sqs, input, context),
      DeleteMessageBatch: (input, context) => deleteMessageBatch(sqs, input, context),
      DeleteQueue: (input, context) => deleteQueue(sqs, input, context),
      GetQueueAttributes: (input, context) => getQueueAttributes(sqs, input, context),
      GetQueueUrl: (input, context) => getQueueUrl(sqs, input, context),
      ListDeadLetterSourceQueues: (input, context) => listDeadLetterSources(sqs, input, context),
      ListMessageMoveTasks: (input) => listMoveTasks(sqs, input),
      ListQueues: (input, context) => listQueues(sqs, input, context),
      ListQueueTags: (input, context) => listQueueTags(sqs, input, context),
      PurgeQueue: (input, context) => purgeQueue(sqs, input, context),
      ReceiveMessage: (input, context) => receiveMessage(sqs, input, context),
      RemovePermission: (input, context) => removePermission(sqs, input, context),
      SendMessage: (input, context) => sendMessage(sqs, input, context),
      SendMessageBatch: (input, context) => sendMessageBatch(sqs, input, context),
      SetQueueAttributes: (input, context) => setQueueAttributes(sqs, input, context),
      StartMessageMoveTask: (input, context) => startMoveTask(sqs, input, context),
      TagQueue: (input, context) => tagQueue(sqs, input, context),
      UntagQueue: (input, context) => untagQueue(sqs, input, context),
    },
    start: () => resumeMoveTasks(sqs),
  };
};
