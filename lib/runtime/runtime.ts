/* oxlint-disable typescript/no-empty-object-type -- the app's declaration file adds the members */
import { LINK_ATTRIBUTES, linkVariable } from "./link-variable.ts";

/** What a link has in the function's code, by the kind of what is linked. */
export interface LinkTypes {
  /** `url`: the address, without a slash at its end. */
  readonly api: { readonly url: string };
  /** `name`: for `Bucket`. */
  readonly bucket: { readonly name: string };
  /** `name`: for `EventBusName`. */
  readonly bus: { readonly name: string };
  /** `arn`: of the alias, for `FunctionName`. */
  readonly function: { readonly arn: string };
  /** `name`: for `Name`. */
  readonly parameter: { readonly name: string };
  /** `url`: for `QueueUrl`. `arn`: for services that send to the queue. */
  readonly queue: { readonly url: string; readonly arn: string };
  /** `arn`: for `SecretId`. */
  readonly secret: { readonly arn: string };
  /** `name`: for `StreamName`. */
  readonly stream: { readonly name: string };
  /** `name`: for `TableName`. */
  readonly table: { readonly name: string };
  /** `arn`: for `TopicArn`. */
  readonly topic: { readonly arn: string };
  /** `arn`: of the alias, for `stateMachineArn`. */
  readonly workflow: { readonly arn: string };
}

/** What a link to a resource of this kind has. */
export type Link<Kind extends keyof LinkTypes> = LinkTypes[Kind];

/** Everything that functions of the app are linked to. `tidegate synth` writes its members to `tidegate-env.d.ts`. */
export interface Resources {}

/** The links of each function, by its path in the app. `tidegate synth` writes its members to `tidegate-env.d.ts`. */
export interface FunctionLinks {}

/** The function has no link of a name. */
export class LinkMissingError extends Error {
  override readonly name = "LinkMissingError";
}

/**
 * The resources that the function is linked to, by the names of the links: `resource.Orders.name`. Throws a
 * `LinkMissingError` where the function has no link of that name. `"Orders" in resource` tests whether it has one.
 */
export const resource: Resources = new Proxy<Resources>(Object.create(null), {
  get: (_none, name) => (typeof name === "string" ? linked(name) : undefined),
  has: (_none, name) => linkNames().includes(String(name)),
});

/**
 * As `resource`, with the links of one function only, so that the compiler refuses what only other functions are linked
 * to: `linksOf("Shop/Create").Orders.name`.
 */
export function linksOf<Path extends keyof FunctionLinks>(path: Path): FunctionLinks[Path];
export function linksOf(): object {
  return resource;
}

function linked(link: string): object {
  const values = LINK_ATTRIBUTES.map((attribute) => [attribute, process.env[linkVariable(link, attribute)]] as const);
  const given = values.filter(([, value]) => value !== undefined);
  if (given.length > 0) return Object.fromEntries(given);
  const { AWS_LAMBDA_FUNCTION_NAME: self = "This function" } = process.env;
  throw new LinkMissingError(
    `${self} has no link named '${link}'. Its links: ${linkNames().join(", ") || "none"}. Add link(fn, target) to the app and deploy it.`,
  );
}

function linkNames(): string[] {
  const found = Object.keys(process.env).flatMap((key) => /^TIDEGATE_([A-Za-z0-9]+)_[a-z]+$/.exec(key)?.[1] ?? []);
  return [...new Set(found)].sort();
}
