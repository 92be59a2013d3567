import type { AppResource, ResourceName } from "./app-resources.ts";
import type { ClientClass, Place } from "./place.ts";

/** What the parts of the kit need of a deployed app. */
export interface AppView {
  /** Where the app is deployed. */
  readonly place: Place;
  client<C extends { destroy(): void }>(Client: ClientClass<C>): C;
  resource(type: string, name: ResourceName): AppResource;
  resources(type: string): readonly AppResource[];
}

/** How a function is called. */
export interface CalledFunction {
  readonly name: string;
  /** The path of its construct. */
  readonly path: string;
  readonly region: string;
  /** Undefined where the function has no alias. */
  readonly alias?: string;
}

/** The name of a function, and that of its alias where it has one. */
export function functionName(app: AppView, fn: ResourceName): CalledFunction {
  const { physicalId: name, constructPath, stackName, region } = app.resource("AWS::Lambda::Function", fn);
  const parent = constructPath.split("/").slice(0, -1).join("/");
  const aliases = app
    .resources("AWS::Lambda::Alias")
    .filter((alias) => alias.stackName === stackName && alias.physicalId.includes(`:function:${name}:`));
  const own = aliases.find((alias) => alias.constructPath.startsWith(`${parent}/`)) ?? aliases[0];
  const called = { name, path: constructPath, region };
  return own === undefined ? called : { ...called, alias: own.physicalId.slice(own.physicalId.lastIndexOf(":") + 1) };
}
