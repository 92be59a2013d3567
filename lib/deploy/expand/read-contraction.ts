import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { parseTemplate } from "../../assembly/read-template.ts";
import { readDeployedTemplate } from "../stack-state.ts";
import { isInline, type TemplateSource } from "../template-source.ts";
import { contractTemplate } from "./contract-template.ts";
import { type Expansion, expansionOf } from "./expansion.ts";

/** How an expanded stack gets back to the template that was synthesized. */
export interface Contraction {
  readonly expansion: Expansion;
  readonly source: TemplateSource;
  /** Names of the parameters that the contracted template has. */
  readonly parameters: ReadonlySet<string>;
}

/** Reads off the deployed template what the stage held back. Undefined where it held nothing back. */
export async function readContraction(
  client: CloudFormationClient,
  stackName: string,
): Promise<Contraction | undefined> {
  const text = await readDeployedTemplate(client, stackName);
  if (text === undefined || !text.includes(EXPANSION_MARK)) return undefined;
  const deployed = parseTemplate(text, `of the deployed stack ${stackName}`);
  const expansion = expansionOf(deployed);
  if (expansion === undefined) return undefined;
  const template = contractTemplate(deployed);
  const body = JSON.stringify(template);
  const { contractUrl } = expansion;
  const source =
    contractUrl === undefined || isInline({ text: body }) ? { TemplateBody: body } : { TemplateURL: contractUrl };
  return { expansion, source, parameters: new Set(Object.keys(template.Parameters ?? {})) };
}

/** Spares parsing the templates that carry no expansion, which are nearly all. */
const EXPANSION_MARK = "Tidegate::Expansion";
