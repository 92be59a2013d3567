import { NO_VALUE, UNKNOWN } from "../../../lib/template/value-scope.ts";
import { evaluate } from "../../../lib/template/intrinsics.ts";
import { describe, expect, test } from "vitest";
import { settleParameters } from "../../../lib/template/parameters.ts";
import { buildScope } from "../../../lib/template/scope.ts";
import { readTemplate } from "../../../lib/template/template.ts";

const template = readTemplate(`
Parameters:
  Name: { Type: String, Default: todo }
  Count: { Type: Number, Default: 3 }
  Zones: { Type: CommaDelimitedList, Default: "a, b,c" }
  Numbers: { Type: List<Number>, Default: "1,2" }
Mappings:
  ByRegion:
    us-east-1: { size: small, list: [x, y] }
Conditions:
  IsTodo: !Equals [!Ref Name, todo]
  IsOther: !Not [!Condition IsTodo]
  IsBoth: !And [!Condition IsTodo, !Condition IsOther]
  IsEither: !Or [!Condition IsTodo, !Condition IsOther]
Resources:
  Table: { Type: "AWS::DynamoDB::Table" }
`);

const parameters = await settleParameters(template, [], [], async () => new Map());
const scope = buildScope(
  template,
  parameters,
  { account: "123456789012", region: "us-east-1", stackId: "arn:stack", stackName: "app", notificationArns: [] },
  {
    ref: (name) => (name === "New" ? UNKNOWN : `${name}-id`),
    getAtt: (name, attribute) => (name === "New" ? UNKNOWN : `${name}.${attribute}`),
    importValue: (name) => `imported ${name}`,
  },
);

const short = (yaml: string) =>
  (
    readTemplate(`Resources:\n  A:\n    Type: T\n    Properties:\n      V: ${yaml}`).resources.get("A")!.properties as {
      V: unknown;
    }
  ).V;

describe("an intrinsic function gives", () => {
  test.for<[string, unknown]>([
    ["!Ref Name", "todo"],
    ["!Ref Count", "3"],
    ["!Ref Zones", ["a", "b", "c"]],
    ["!Ref Numbers", ["1", "2"]],
    ["!Ref AWS::Region", "us-east-1"],
    ["!Ref AWS::AccountId", "123456789012"],
    ["!Ref AWS::Partition", "aws"],
    ["!Ref AWS::URLSuffix", "amazonaws.com"],
    ["!Ref AWS::StackName", "app"],
    ["!Ref AWS::NoValue", NO_VALUE],
    ["!Ref Table", "Table-id"],
    ["!GetAtt Table.Arn", "Table.Arn"],
    ["!GetAtt Nested.Outputs.Url", "Nested.Outputs.Url"],
    ["!GetAtt [Table, Arn]", "Table.Arn"],
    ['!Sub "${Name}-${Table.Arn}-${AWS::Region}"', "todo-Table.Arn-us-east-1"],
    ['!Sub ["${Own}/${Name}", { Own: !Ref Count }]', "3/todo"],
    ['!Sub "${!Literal} $ {x}"', "${Literal} $ {x}"],
    ['!Join ["-", [a, !Ref Name, 1, true]]', "a-todo-1-true"],
    ['!Join ["", !Ref Zones]', "abc"],
    ["!Select [1, !Ref Zones]", "b"],
    ['!Select ["0", [x, y]]', "x"],
    ['!Split [",", "a,b,,c"]', ["a", "b", "", "c"]],
    ['!Select [2, !Split ["/", "a/b/c"]]', "c"],
    ["!If [IsTodo, yes-it-is, no]", "yes-it-is"],
    ["!If [IsOther, 1, !Ref AWS::NoValue]", NO_VALUE],
    ["!If [IsBoth, 1, 2]", 2],
    ["!If [IsEither, 1, 2]", 1],
    ["!FindInMap [ByRegion, !Ref AWS::Region, size]", "small"],
    ["!FindInMap [ByRegion, us-east-1, list]", ["x", "y"]],
    ["!FindInMap [ByRegion, eu-west-1, size, { DefaultValue: big }]", "big"],
    ["!Base64 hello", "aGVsbG8="],
    ["Fn::Base64: !Sub '${Name}'".replace(/^/, "{ ").replace(/$/, " }"), "dG9kbw=="],
    ['!Cidr ["10.0.0.0/16", 3, 8]', ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]],
    ['!Cidr ["10.0.0.0/24", 2, 4]', ["10.0.0.0/28", "10.0.0.16/28"]],
    ['!Cidr ["2001:db8::/56", 2, 64]', ["2001:db8::/64", "2001:db8:0:1::/64"]],
    ['!GetAZs ""', ["us-east-1a", "us-east-1b", "us-east-1c"]],
    ["!GetAZs eu-west-1", ["eu-west-1a", "eu-west-1b", "eu-west-1c"]],
    ["!ImportValue shared", "imported shared"],
    ['!ImportValue { "Fn::Sub": "${Name}-x" }', "imported todo-x"],
    ["!ToJsonString { a: !Ref Name, b: [1, true] }", '{"a":"todo","b":[1,true]}'],
    ["!Length [a, b, c]", 3],
    ["!Length { Ref: Zones }", 3],
    ["{ a: 1, b: !Ref AWS::NoValue, c: [!Ref AWS::NoValue, 2] }", { a: 1, c: [2] }],
    ["2012-10-17", "2012-10-17"],
    ["012345678901", "012345678901"],
    ['!Join ["", ["x", !Ref New]]', UNKNOWN],
    ['!Sub "${New.Arn}/x"', UNKNOWN],
    ['!Select [0, !Split ["/", !Ref New]]', UNKNOWN],
  ])("%s", ([yaml, expected]) => {
    expect(evaluate(short(yaml), scope)).toEqual(expected);
  });
});

describe("an intrinsic function fails when", () => {
  test.for<[string, string]>([
    ["!Equals [a]", "Template error: every Fn::Equals object requires a list of 2 string parameters."],
    ["!FindInMap [ByRegion, nowhere, size]", "Template error: Unable to get mapping for ByRegion::nowhere::size"],
    [
      "!Select [9, [a]]",
      "Template error: Fn::Select requires a list argument with two elements: an integer index and a list",
    ],
    [
      "!Select [bad, [a]]",
      "Template error: Fn::Select requires a list argument with two elements: an integer index and a list",
    ],
    ["!Select [9, !Split [',', 'a,b']]", "Template error: Fn::Select cannot select nonexistent value at index 9"],
    ["!Join [1, [a]]", "Template error: every Fn::Join object requires two parameters"],
    ['!Split ["", a]', "Template error: every Fn::Split object requires two parameters"],
    ["!Sub [a]", "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments."],
    ['!Sub "${Zones}"', "Template error: variable Zones in Fn::Sub expression does not resolve to a string"],
    ["!If [Missing, 1, 2]", "Template error: unresolved condition dependency Missing"],
    [
      "!And [true]",
      "Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.",
    ],
    ['!Cidr ["10.0.0.0/30", 9, 2]', "Template error: Fn::Cidr cannot make 9 blocks of 2 bits in 10.0.0.0/30"],
    ["!Nonsense x", "Template error: unknown intrinsic function Fn::Nonsense"],
    ["!GetAtt Table", "Template error: every Fn::GetAtt object requires two non-empty parameters"],
  ])("%s", ([yaml, message]) => {
    expect(() => evaluate(short(yaml), scope)).toThrow(message);
  });
});
