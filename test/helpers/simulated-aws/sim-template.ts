/** A template as the simulated CloudFormation reads it: JSON, with the functions that the rehearsed apps use. */
export interface SimTemplate {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, SimResourceTemplate>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** One resource of a template. */
export interface SimResourceTemplate {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: unknown;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** What references come to. */
export interface Values {
  readonly parameters: Readonly<Record<string, string>>;
  readonly ref: (logicalId: string) => string;
  readonly attribute: (logicalId: string, name: string) => string;
}

type Node = Readonly<Record<string, unknown>>;

/** What a value of a template comes to. */
export function resolve(value: unknown, template: SimTemplate, values: Values): unknown {
  if (Array.isArray(value)) return value.map((one) => resolve(one, template, values));
  if (!isNode(value)) return value;
  const [[name, argument] = ["", undefined]] = Object.entries(value);
  const run = Object.keys(value).length === 1 ? FUNCTIONS[name] : undefined;
  if (run !== undefined) return run(argument, template, values);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one, template, values)]));
}

const FUNCTIONS: Readonly<Record<string, (argument: unknown, template: SimTemplate, values: Values) => unknown>> = {
  Ref: (argument, _template, { parameters, ref }) => {
    const id = String(argument);
    return parameters[id] ?? ref(id);
  },
  "Fn::GetAtt": (argument, _template, { attribute }) => {
    const [id = "", ...name] = listOf(argument).map(String);
    return attribute(id, name.join("."));
  },
  "Fn::If": (argument, template, values) => {
    const [condition, yes, no] = listOf(argument);
    const holds = resolve(template.Conditions?.[String(condition)], template, values) === true;
    return resolve(holds ? yes : no, template, values);
  },
  "Fn::Not": (argument, template, values) => resolve(listOf(argument)[0], template, values) !== true,
  "Fn::Equals": (argument, template, values) => {
    const [one, other] = listOf(argument).map((side) => resolve(side, template, values));
    return one === other;
  },
};

/** The resources that a value refers to. */
export function referencesIn(value: unknown, template: SimTemplate): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => referencesIn(one, template));
  if (!isNode(value)) return [];
  const { Ref, "Fn::GetAtt": attribute } = value;
  const named = [Ref, listOf(attribute)[0]].map(String).filter((id) => Object.hasOwn(template.Resources, id));
  return [...named, ...Object.values(value).flatMap((one) => referencesIn(one, template))];
}

/** Logical ids in the order in which they are made: what is referred to comes first. */
export function inOrder(template: SimTemplate): string[] {
  const order = new Set<string>();
  const visit = (id: string) => {
    if (order.has(id)) return;
    const { Properties, DependsOn = [] } = template.Resources[id]!;
    for (const needed of [...referencesIn(Properties, template), ...[DependsOn].flat()]) visit(needed);
    order.add(id);
  };
  for (const id of Object.keys(template.Resources)) visit(id);
  return [...order];
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
