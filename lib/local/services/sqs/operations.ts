import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Sqs } from "./context.ts";
import * as moveTasks from "./move-tasks.ts";
import * as queues from "./queues.ts";
import * as receive from "./receive.ts";
import * as send from "./send.ts";
import * as settle from "./settle.ts";

/** The operations of SQS that are carried. */
export function operationsOf(sqs: Sqs): Operations<"sqs"> {
  return bindOperations("sqs", sqs, [moveTasks, queues, receive, send, settle]);
}
