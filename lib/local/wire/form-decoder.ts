import { FromStringShapeDeserializer } from "@smithy/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";
import { numberedChildren, type FormNode } from "./form-tree.ts";

/** Reads the fields of a Query request by the input's schema: what the SDK's own QueryShapeSerializer writes. */
export class FormDecoder {
  readonly #ec2: boolean;
  readonly #fromText = new FromStringShapeDeserializer({ timestampFormat: { useTrait: true, default: 5 } });

  constructor(flavour: "awsQuery" | "ec2Query") {
    this.#ec2 = flavour === "ec2Query";
  }

  read(schema: NormalizedSchema, node: FormNode): unknown {
    if (schema.isStructSchema()) return this.#readStructure(schema, node);
    if (schema.isListSchema()) return this.#readList(schema, node);
    if (schema.isMapSchema()) return this.#readMap(schema, node);
    return node.value === undefined ? undefined : this.#fromText.read(schema, node.value);
  }

  #readStructure(schema: NormalizedSchema, node: FormNode): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      const child = node.children.get(this.#fieldName(name, member));
      if (child === undefined) continue;
      const value = this.read(member, child);
      if (value !== undefined) result[name] = value;
    }
    return result;
  }

  /** Old clients name a flattened list by its members, and a list that is not flattened by other words than `member`. */
  #readList(schema: NormalizedSchema, node: FormNode): unknown[] | undefined {
    const element = schema.getValueSchema();
    const named = node.children.get(element.getMergedTraits().xmlName ?? "member") ?? node.children.get("member");
    const items = numberedChildren(node);
    const found = items.length > 0 ? items : numberedChildren(named ?? node);
    return found.map((item) => this.read(element, item));
  }

  #readMap(schema: NormalizedSchema, node: FormNode): Record<string, unknown> {
    const entries = numberedChildren(node.children.get("entry") ?? node);
    const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? "key";
    const element = schema.getValueSchema();
    const valueName = element.getMergedTraits().xmlName ?? "value";
    const pairs = entries.map((entry): [string, unknown] => {
      const value = entry.children.get(valueName);
      return [entry.children.get(keyName)?.value ?? "", value && this.read(element, value)];
    });
    return Object.fromEntries(pairs);
  }

  #fieldName(name: string, member: NormalizedSchema): string {
    const { xmlName, ec2QueryName } = member.getMergedTraits() as { xmlName?: string; ec2QueryName?: string };
    if (!this.#ec2) return xmlName ?? name;
    if (ec2QueryName !== undefined) return ec2QueryName;
    const field = xmlName ?? name;
    return field.charAt(0).toUpperCase() + field.slice(1);
  }
}
