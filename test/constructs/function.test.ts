import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CfnParameter, Duration, RemovalPolicy, Size, type Stack, Tags } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { AnyPrincipal, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  ApplicationLogLevel,
  Code,
  FunctionUrlAuthType,
  LayerVersion,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { describe, expect, test } from "vitest";
import { Function } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, releaseOf, templateOf, testStack } from "../helpers/template.ts";

describe("synthesis without bundling", () => {
  const template = (entry: string, stacks: string[]) => {
    const { stack } = testStack({ "aws:cdk:bundling-stacks": stacks, "tidegate:stage": "local" });
    new Function(stack, "F", { entry });
    return templateOf(stack);
  };

  test("has no hash of the code, so that the template does not depend on the code", () => {
    const [hello, broken] = [HELLO, "test/fixtures/handlers/broken.ts"].map((entry) => template(entry, []));
    hello!.hasResourceProperties("AWS::Lambda::Function", { Code: { S3Key: "not-bundled.zip" } });
    expect(hello!.toJSON()).toEqual(broken!.toJSON());
  });

  test("bundles the stacks that are listed", () => {
    const { properties } = onlyResource(template(HELLO, ["Test"]), "AWS::Lambda::Function");
    expect((properties["Code"] as { S3Key: string }).S3Key).toMatch(/^[0-9a-f]{64}\.zip$/);
  });

  test("fails when the entry file does not exist", () => {
    expect(() => template("none.ts", [])).toThrow(/\[Test\/F\] entry: no file 'none\.ts'/);
  });
});

describe("a function", () => {
  test("looks as it always did", () => {
    const { stack } = testStack();
    new Function(stack, "Create", { entry: HELLO, environment: { ONE: "1" } });
    expect(normalised(templateOf(stack))).toMatchSnapshot();
  });

  test("has an alias that follows the pinned version, or the one of the template", () => {
    const { stack } = testStack();
    new Function(stack, "Create", { entry: HELLO });
    const template = templateOf(stack);
    const version = onlyResource(template, "AWS::Lambda::Version");
    template.hasParameter("LiveVersionCreate", { Type: "String", Default: "", AllowedPattern: "^[0-9]*$" });
    template.hasCondition("IsPinnedCreate", { "Fn::Not": [{ "Fn::Equals": [{ Ref: "LiveVersionCreate" }, ""] }] });
    template.hasResourceProperties("AWS::Lambda::Alias", {
      Name: "live",
      FunctionVersion: {
        "Fn::If": ["IsPinnedCreate", { Ref: "LiveVersionCreate" }, { "Fn::GetAtt": [version.id, "Version"] }],
      },
    });
  });

  test("keeps its versions when the template moves on", () => {
    const { stack } = testStack();
    new Function(stack, "Create", { entry: HELLO });
    templateOf(stack).hasResource("AWS::Lambda::Version", {
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
    });
  });

  test("records its logical ids for the deployer", () => {
    const { stack } = testStack();
    new Function(stack, "Create", { entry: HELLO, shift: "all-at-once" });
    const template = templateOf(stack);
    expect(releaseOf(template).members).toEqual([
      {
        kind: "function",
        path: "Test/Create",
        resource: onlyResource(template, "AWS::Lambda::Function").id,
        version: onlyResource(template, "AWS::Lambda::Version").id,
        alias: onlyResource(template, "AWS::Lambda::Alias").id,
        aliasName: "live",
        parameter: "LiveVersionCreate",
        calls: [],
        shift: "all-at-once",
      },
    ]);
  });

  test("records the functions that it calls", () => {
    const { stack } = testStack();
    const callee = new Function(stack, "Callee", { entry: HELLO });
    const caller = new Function(stack, "Caller", { entry: HELLO });
    callee.grantInvoke(caller);
    const template = templateOf(stack);
    expect(releaseOf(template).members.map(({ path, calls }) => [path, calls])).toEqual([
      ["Test/Callee", []],
      ["Test/Caller", ["Test/Callee"]],
    ]);
    const alias = releaseOf(template).members[0]!.alias;
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: { Statement: [{ Action: "lambda:InvokeFunction", Resource: { Ref: alias } }] },
    });
  });

  test("gets parameters of different names in different places", () => {
    const { stack } = testStack();
    new Function(stack, "A-b", { entry: HELLO });
    new Function(stack, "Ab", { entry: HELLO });
    const names = releaseOf(templateOf(stack)).members.map(({ parameter }) => parameter);
    expect(new Set(names).size).toBe(2);
    expect(names[1]).toBe("LiveVersionAb");
    expect(names[0]).toMatch(/^LiveVersionAb[0-9A-F]{8}$/);
  });

  test("may write its own log and nothing else", () => {
    const { stack } = testStack();
    new Function(stack, "Create", { entry: HELLO, tracing: Tracing.DISABLED });
    const template = templateOf(stack);
    const log = onlyResource(template, "AWS::Logs::LogGroup");
    const { properties } = onlyResource(template, "AWS::IAM::Role");
    expect(properties).not.toHaveProperty("ManagedPolicyArns");
    expect(properties["Policies"]).toEqual([
      {
        PolicyName: "Run",
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
              Resource: { "Fn::GetAtt": [log.id, "Arn"] },
            },
          ],
        },
      },
    ]);
  });

  test("hands settings on to aws-cdk-lib's function", () => {
    const { stack } = testStack();
    new Function(stack, "Create", {
      entry: HELLO,
      functionName: "create",
      ephemeralStorageSize: Size.gibibytes(1),
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.WARN,
      systemLogLevelV2: SystemLogLevel.WARN,
      recursiveLoop: RecursiveLoop.ALLOW,
      deadLetterQueueEnabled: true,
      logRemovalPolicy: RemovalPolicy.RETAIN,
    });
    const template = templateOf(stack);
    template.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: "create",
      EphemeralStorage: { Size: 1024 },
      LoggingConfig: { LogFormat: "JSON", ApplicationLogLevel: "WARN", SystemLogLevel: "WARN" },
      RecursiveLoop: "Allow",
      DeadLetterConfig: Match.anyValue(),
    });
    template.hasResource("AWS::Logs::LogGroup", { DeletionPolicy: "Retain" });
  });

  test("writes to a log group that is given, and may write to no other", () => {
    const { stack } = testStack();
    const logGroup = new LogGroup(stack, "Shared");
    new Function(stack, "Create", { entry: HELLO, logGroup, tracing: Tracing.DISABLED });
    const template = templateOf(stack);
    const { id } = onlyResource(template, "AWS::Logs::LogGroup");
    template.hasResourceProperties("AWS::Lambda::Function", { LoggingConfig: { LogGroup: { Ref: id } } });
    expect(JSON.stringify(onlyResource(template, "AWS::IAM::Role").properties)).toContain(id);
  });

  test("adds the right to send traces to a role that is given", () => {
    const { stack } = testStack();
    const role = new Role(stack, "Mine", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    new Function(stack, "Create", { entry: HELLO, role, tracing: Tracing.PASS_THROUGH });
    const template = templateOf(stack);
    template.hasResourceProperties("AWS::Lambda::Function", { TracingConfig: { Mode: "PassThrough" } });
    expect(JSON.stringify(onlyResource(template, "AWS::IAM::Policy").properties)).toContain("xray:PutTraceSegments");
  });

  test("has its event sources on the alias", () => {
    const { stack } = testStack();
    new Function(stack, "Create", { entry: HELLO, events: [new SqsEventSource(new Queue(stack, "Work"))] });
    const template = templateOf(stack);
    const alias = onlyResource(template, "AWS::Lambda::Alias").id;
    const { properties } = onlyResource(template, "AWS::Lambda::EventSourceMapping");
    expect(JSON.stringify(properties["FunctionName"])).toContain(alias);
  });

  test("keeps what an import makes below its id", () => {
    const { stack } = testStack();
    const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:x";
    Function.fromFunctionAttributes(stack, "Known", { functionArn });
    new Function(stack, "KnownFunction", { entry: HELLO });
    new Function(stack, "KnownVersion", { entry: HELLO });
    expect(stack.node.children.map(({ node }) => node.id)).toContain("Known");
  });

  test("uses the user's settings", () => {
    const { stack } = testStack();
    new Function(stack, "Create", {
      entry: HELLO,
      handler: "other",
      memorySize: 512,
      timeout: Duration.seconds(20),
      runtime: Runtime.NODEJS_22_X,
      logRetention: RetentionDays.ONE_WEEK,
      aliasName: "prod",
      aliasDescription: "what is live",
      environment: { NODE_OPTIONS: "--max-old-space-size=200" },
      provisionedConcurrentExecutions: 2,
      retryAttempts: 0,
      maxEventAge: Duration.minutes(5),
      reservedConcurrentExecutions: 3,
    });
    const template = templateOf(stack);
    template.hasResourceProperties("AWS::Lambda::Function", {
      Handler: "index.other",
      MemorySize: 512,
      Timeout: 20,
      Runtime: "nodejs22.x",
      ReservedConcurrentExecutions: 3,
      Environment: { Variables: { NODE_OPTIONS: "--max-old-space-size=200 --enable-source-maps" } },
    });
    template.hasResourceProperties("AWS::Logs::LogGroup", { RetentionInDays: 7 });
    template.hasResourceProperties("AWS::Lambda::Alias", { Name: "prod", Description: "what is live" });
    template.hasResourceProperties("AWS::Lambda::Alias", { ProvisionedConcurrencyConfig: Match.absent() });
    template.hasResourceProperties("AWS::Lambda::Version", {
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
    });
    template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      Qualifier: "prod",
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
    });
  });

  test("runs ready-made code of other runtimes", () => {
    const { stack } = testStack();
    new Function(stack, "Py", { code: Code.fromInline("def handler(e, c): pass"), runtime: Runtime.PYTHON_3_13 });
    templateOf(stack).hasResourceProperties("AWS::Lambda::Function", {
      Runtime: "python3.13",
      Handler: "index.handler",
      Environment: Match.absent(),
    });
  });

  test("that is imported means its alias too", () => {
    const { stack } = testStack();
    const fn = Function.fromFunctionName(stack, "Known", "known");
    expect(stack.resolve(fn.functionArn)).toEqual({
      "Fn::Join": [
        "",
        [
          "arn:",
          { Ref: "AWS::Partition" },
          ":lambda:",
          { Ref: "AWS::Region" },
          ":",
          { Ref: "AWS::AccountId" },
          ":function:known:live",
        ],
      ],
    });
    const byArn = Function.fromFunctionArn(stack, "Arn", "arn:aws:lambda:eu-west-1:123456789012:function:x", "blue");
    expect(byArn.functionArn).toBe("arn:aws:lambda:eu-west-1:123456789012:function:x:blue");
  });

  test("has metrics of its alias", () => {
    const { stack } = testStack();
    const fn = new Function(stack, "Create", { entry: HELLO });
    const name = { Ref: "CreateFunction54727211" };
    expect(stack.resolve(fn.metricErrors().dimensions)).toEqual({
      FunctionName: name,
      Resource: { "Fn::Join": ["", [name, ":live"]] },
    });
  });

  test("has a URL on its alias, closed by default", () => {
    const { stack } = testStack();
    const fn = new Function(stack, "Create", { entry: HELLO });
    fn.addFunctionUrl();
    const template = templateOf(stack);
    template.hasResourceProperties("AWS::Lambda::Url", { AuthType: "AWS_IAM", Qualifier: "live" });
    template.hasResource("AWS::Lambda::Url", { DependsOn: [onlyResource(template, "AWS::Lambda::Alias").id] });
  });

  test("grants a caller of its URL the two permissions that AWS asks for", () => {
    const { stack } = testStack();
    const fn = new Function(stack, "Create", { entry: HELLO });
    fn.addFunctionUrl().grantInvokeUrl(new Function(stack, "Caller", { entry: HELLO }));
    const policies = JSON.stringify(templateOf(stack).findResources("AWS::IAM::Policy"));
    expect(policies).toContain('"Action":"lambda:InvokeFunctionUrl"');
    expect(policies).toMatch(
      /"Action":"lambda:InvokeFunction","Condition":\{"Bool":\{"lambda:InvokedViaFunctionUrl":(true|"true")\}\}/,
    );
  });

  test("lets the public in through its alias only", () => {
    const { stack } = testStack();
    const fn = new Function(stack, "Create", { entry: HELLO });
    fn.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    fn.addPermission("Any", { principal: new AnyPrincipal() });
    fn.grantInvoke(new ServicePrincipal("iot.amazonaws.com"));
    const template = templateOf(stack);
    const alias = onlyResource(template, "AWS::Lambda::Alias").id;
    const permissions = Object.values(template.findResources("AWS::Lambda::Permission"));
    expect(permissions.length).toBe(4);
    for (const { Properties } of permissions) expect(Properties.FunctionName).toEqual({ Ref: alias });
  });
});

describe("a function's version", () => {
  function versionOf(make: (stack: Stack) => void): string {
    const { stack } = testStack();
    make(stack);
    return onlyResource(templateOf(stack), "AWS::Lambda::Version").id;
  }
  const plain = () =>
    versionOf((stack) => new Function(stack, "F", { entry: HELLO, environment: { ONE: "1", TWO: "2" } }));

  test("is the same for the same source", () => {
    expect(plain()).toBe(plain());
  });

  test.each<[string, (stack: Stack) => unknown]>([
    [
      "tags",
      (stack) => Tags.of(new Function(stack, "F", { entry: HELLO, environment: { ONE: "1", TWO: "2" } })).add("a", "b"),
    ],
    [
      "the alias's description",
      (stack) => new Function(stack, "F", { entry: HELLO, environment: { ONE: "1", TWO: "2" }, aliasDescription: "x" }),
    ],
    [
      "log retention",
      (stack) =>
        new Function(stack, "F", {
          entry: HELLO,
          environment: { ONE: "1", TWO: "2" },
          logRetention: RetentionDays.ONE_DAY,
        }),
    ],
    [
      "reserved concurrency",
      (stack) =>
        new Function(stack, "F", {
          entry: HELLO,
          environment: { ONE: "1", TWO: "2" },
          reservedConcurrentExecutions: 1,
        }),
    ],
    [
      "the order of variables",
      (stack) => new Function(stack, "F", { entry: HELLO, environment: { TWO: "2", ONE: "1" } }),
    ],
    [
      "a grant",
      (stack) =>
        new Function(stack, "F", { entry: HELLO, environment: { ONE: "1", TWO: "2" } }).grantInvoke(
          new ServicePrincipal("iot.amazonaws.com"),
        ),
    ],
  ])("does not change with %s", (_, make) => {
    expect(versionOf(make)).toBe(plain());
  });

  test.each<[string, (stack: Stack) => unknown]>([
    ["the environment", (stack) => new Function(stack, "F", { entry: HELLO, environment: { ONE: "1", TWO: "3" } })],
    [
      "memory",
      (stack) => new Function(stack, "F", { entry: HELLO, environment: { ONE: "1", TWO: "2" }, memorySize: 512 }),
    ],
    [
      "the handler",
      (stack) => new Function(stack, "F", { entry: HELLO, environment: { ONE: "1", TWO: "2" }, handler: "other" }),
    ],
    [
      "the code",
      (stack) =>
        new Function(stack, "F", {
          entry: HELLO,
          environment: { ONE: "1", TWO: "2" },
          bundling: { banner: "/* 2 */" },
        }),
    ],
    [
      "a layer",
      (stack) =>
        new Function(stack, "F", {
          entry: HELLO,
          environment: { ONE: "1", TWO: "2" },
          layers: [LayerVersion.fromLayerVersionArn(stack, "L", "arn:aws:lambda:eu-west-1:123456789012:layer:x:1")],
        }),
    ],
    [
      "a variable that is added later",
      (stack) =>
        new Function(stack, "F", { entry: HELLO, environment: { ONE: "1", TWO: "2" } }).addEnvironment("THREE", "3"),
    ],
  ])("changes with %s", (_, make) => {
    expect(versionOf(make)).not.toBe(plain());
  });

  test("is hashed where text and names that only CloudFormation knows are in one value", () => {
    const versionWith = (path: string) => {
      const { stack } = testStack();
      const parameter = new CfnParameter(stack, "Host", { default: "shop.example" });
      const URL = `https://${parameter.valueAsString}/${path}/${stack.region}`;
      new Function(stack, "Create", { entry: HELLO, environment: { URL } });
      return onlyResource(templateOf(stack), "AWS::Lambda::Version").id;
    };
    expect(versionWith("one")).toBe(versionWith("one"));
    expect(versionWith("one")).not.toBe(versionWith("other"));
  });

  // A stack keeps the value that it has: a version of a function that did not change cannot be published.
  test("stays the same when only the default of a parameter changes", () => {
    const withDefault = (value: string) =>
      versionOf((stack) => {
        const parameter = new CfnParameter(stack, "Size", { default: value });
        new Function(stack, "F", { entry: HELLO, environment: { SIZE: parameter.valueAsString } });
      });
    expect(withDefault("1")).toBe(withDefault("2"));
  });

  test("changes with the content of a layer in the same app", () => {
    const withLayer = (folder: string) =>
      versionOf((stack) => {
        const layer = new LayerVersion(stack, "Layer", { code: Code.fromAsset(folder) });
        new Function(stack, "F", { entry: HELLO, layers: [layer] });
      });
    expect(withLayer("test/fixtures/handlers")).not.toBe(withLayer("functions/todo"));
  });
});

describe("a function fails synthesis", () => {
  function problemsOf(make: (stack: Stack) => void): string {
    const { stack } = testStack();
    make(stack);
    try {
      templateOf(stack);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  }

  test("with all problems of the app at once", () => {
    const problems = problemsOf((stack) => {
      new Function(stack, "One", { entry: "test/fixtures/handlers/missing.ts" });
      new Function(stack, "Two", { entry: HELLO, handler: "nothing", memorySize: 64 });
      new Function(stack, "Three", { entry: HELLO, functionName: "x".repeat(65), aliasName: "12" });
    });
    expect(problems).toContain("[Test/One] entry: no file 'test/fixtures/handlers/missing.ts'. Tried ");
    expect(problems).toContain("[Test/Two] memorySize: 64. Lambda takes whole MiB from 128 to 10240.");
    expect(problems).toMatch(/\[Test\/Three\] functionName: 'x+' has 65 characters/);
    expect(problems).toContain("[Test/Three] aliasName: '12'");
  });

  test.each<[string, (stack: Stack) => unknown, string]>([
    [
      "for a missing export",
      (stack) => new Function(stack, "F", { entry: HELLO, handler: "nothing" }),
      "exports no 'nothing'. It exports 'handler', 'other'.",
    ],
    [
      "for a path out of the tree",
      (stack) => new Function(stack, "F", { entry: "../../etc/passwd.ts" }),
      "outside of the project's tree",
    ],
    [
      "for neither entry nor code",
      (stack) => new Function(stack, "F", {}),
      "Give 'entry' (a file to package) or 'code' (ready-made).",
    ],
    [
      "for a timeout beyond 15 minutes",
      (stack) => new Function(stack, "F", { entry: HELLO, timeout: Duration.minutes(16) }),
      "timeout: 16 minutes.",
    ],
    [
      "for a handler out of the package",
      (stack) => new Function(stack, "F", { code: Code.fromInline("x"), handler: "../x.y" }),
      "leads out of the package",
    ],
    [
      "for code that does not compile",
      (stack) => new Function(stack, "F", { entry: "test/fixtures/handlers/broken.ts" }),
      "test/fixtures/handlers/broken.ts:2:",
    ],
  ])("%s", (_, make, message) => {
    expect(problemsOf(make)).toContain(message);
  });

  test("for a link that leads out of the tree", () => {
    const link = "test/fixtures/handlers/link.ts";
    const outside = join(mkdtempSync(join(tmpdir(), "tidegate-outside-")), "secret.ts");
    writeFileSync(outside, "export const handler = () => 1;");
    symlinkSync(outside, link);
    try {
      expect(problemsOf((stack) => new Function(stack, "F", { entry: link }))).toContain(
        `leads to ${outside}, outside`,
      );
    } finally {
      rmSync(link);
    }
  });

  test("for names of variables that Lambda does not take", () => {
    const problems = problemsOf(
      (stack) => new Function(stack, "F", { entry: HELLO, environment: { A: "1", "x-y": "2" } }),
    );
    expect(problems).toContain("environment: 'A', 'x-y'. Lambda takes names of two or more letters, digits and '_'");
  });

  test("for a large environment, without telling any value", () => {
    const problems = problemsOf(
      (stack) => new Function(stack, "F", { entry: HELLO, environment: { SECRET: "hunter2".repeat(600), SMALL: "1" } }),
    );
    expect(problems).toContain("Lambda takes 4096 over all names and values. The largest: SECRET (4206), ");
    expect(problems).not.toContain("hunter2");
  });
});
