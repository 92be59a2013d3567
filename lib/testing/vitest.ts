import { isConstruct } from "./is-construct.ts";
import { expect, type MatcherState, Snapshots } from "vitest";
import { eventually, type EventuallyOptions } from "./eventually.ts";
import { templateOf } from "./template-of.ts";
import { TestQueue, type ReceivedMessage } from "./test-queue.ts";

interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

async function toHaveReceived(
  this: MatcherState,
  queue: unknown,
  expected: unknown,
  options: EventuallyOptions = {},
): Promise<MatcherResult> {
  if (!(queue instanceof TestQueue)) throw new TypeError('Expected a queue of the app: expect(app.queue("Orders"))');
  const { equals, isNot, utils } = this;
  const matches = ({ body, json }: ReceivedMessage) =>
    equals(body, expected) || equals(json, expected, [utils.iterableEquality, utils.subsetEquality]);
  const look = () => queue.received().some(matches);
  const pass = isNot ? look() : await waitFor(look, options);
  const print = (value: unknown) => utils.stringify(value, undefined, { min: true });
  const list = queue.received().map(({ json }) => `  ${print(json)}`);
  const there = list.length === 0 ? "It received nothing." : ["It received:", ...list].join("\n");
  return {
    pass,
    message: () => `expected ${queue.name} ${pass ? "not " : ""}to have received ${print(expected)}. ${there}`,
  };
}

async function waitFor(look: () => boolean, options: EventuallyOptions): Promise<boolean> {
  const found = () => {
    if (!look()) throw new Error("not yet");
    return true;
  };
  return eventually(found, options).catch(() => look());
}

function toMatchTemplateSnapshot(this: MatcherState, stack: unknown, hint?: string): MatcherResult {
  if (!isConstruct(stack)) throw new TypeError("Expected a stack: expect(new MyStack(app, …))");
  return Snapshots.toMatchSnapshot.call(this, templateOf(stack), hint);
}

expect.extend({ toHaveReceived, toMatchTemplateSnapshot });

declare module "vitest" {
  // oxlint-disable-next-line no-unused-vars -- an interface is extended with the type parameters that it has
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /**
     * Passes once the queue has taken a message whose body is as expected: text by its characters, an object by the
     * members that are expected of the JSON, as `toMatchObject` compares. Waits for thirty seconds by default; with `not` it
     * looks once.
     */
    toHaveReceived(expected: unknown, options?: EventuallyOptions): Promise<void>;
    /**
     * Compares the template of a stack with its snapshot, without hashes of assets and versions: a changed handler
     * leaves it as it is.
     */
    toMatchTemplateSnapshot(hint?: string): R;
  }
}
