import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { PREFIX } from "../account.ts";
import type { Assumption } from "../assumption.ts";

const EXECUTIONS = 30;
const LISTS_IN_A_ROW = 30;
const DEFINITION = { StartAt: "Done", States: { Done: { Type: "Succeed" } } };

export const executionPages: Assumption = {
  id: "execution-pages",
  assumption: "ListExecutions can be read page by page at each look without being throttled.",
  matters: "The engine counts the executions of both versions of a workflow at each look.",
  async ask({ account: { sfn }, roleArn }) {
    const definition = JSON.stringify(DEFINITION);
    const made = await sfn.send(new CreateStateMachineCommand({ name: `${PREFIX}-pages`, roleArn, definition }));
    const { stateMachineArn } = made;
    try {
      for (let index = 0; index < EXECUTIONS; index += 1) {
        await sfn.send(new StartExecutionCommand({ stateMachineArn }));
      }
      const first = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 10 }));
      const retries: number[] = [];
      for (let index = 0; index < LISTS_IN_A_ROW; index += 1) {
        const { $metadata } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1000 }));
        retries.push(($metadata.attempts ?? 1) - 1);
      }
      const throttled = retries.filter((count) => count > 0).length;
      const facts = { onFirstPage: first.executions?.length, hasNextToken: first.nextToken !== undefined, retries };
      const answer = `${throttled} of ${LISTS_IN_A_ROW} calls in a row were throttled at first.`;
      return { holds: throttled === 0 && facts.hasNextToken, answer, facts };
    } finally {
      await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
    }
  },
};
