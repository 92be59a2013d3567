import { expect, test } from "vitest";
import { resourceReferencesOf } from "../../lib/template/references.ts";
import { parseTemplateText } from "../../lib/template/parse.ts";
import { sourcePositionOf } from "../../lib/template/source-position.ts";

const YAML = `Resources:
  Queue:
    Type: AWS::SQS::Queue
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          URL: !Ref Queue
          ARN: !GetAtt Queue.Arn
          TEXT: !Sub
            - "\${Name}"
            - Name: !Ref Queue
          LONG:
            Fn::Sub: "\${Queue}"
`;

const JSON_TEXT = `{
  "Resources": {
    "Queue": { "Type": "AWS::SQS::Queue" },
    "Function": {
      "Type": "AWS::Lambda::Function",
      "Properties": { "Layers": [{ "Ref": "Layer" }, { "Fn::GetAtt": ["Queue", "Arn"] }] }
    }
  }
}`;

/** Every reference of the resource Function as `target line:column`. */
function located(text: string): string[] {
  const { Resources } = parseTemplateText(text) as { Resources: Record<string, unknown> };
  return resourceReferencesOf(Resources.Function).map((reference) => {
    const position = sourcePositionOf(text, ["Resources", "Function", ...reference.path]);
    return `${reference.kind} ${position?.line}:${position?.column}`;
  });
}

test("arguments of functions are located in YAML, in short and in long form", () => {
  expect(located(YAML)).toEqual(["Ref 9:21", "GetAtt 10:24", "Ref 13:26", "Ref 15:22"]);
});

test("arguments of functions are located in JSON", () => {
  expect(located(JSON_TEXT)).toEqual(["Ref 6:43", "GetAtt 6:70"]);
});

test("a path that leads on from what is there has the position of its nearest parent", () => {
  expect(sourcePositionOf(YAML, ["Resources", "Queue", "Properties", "QueueName"])).toEqual({ line: 3, column: 5 });
});

test("a text without content has no positions", () => {
  expect(sourcePositionOf("", ["Resources"])).toBeUndefined();
});
