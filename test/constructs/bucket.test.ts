import { App, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import type { Template } from "aws-cdk-lib/assertions";
import { Key } from "aws-cdk-lib/aws-kms";
import { S3EventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { EventType, HttpMethods, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Topic as CdkTopic } from "aws-cdk-lib/aws-sns";
import { describe, expect, test } from "vitest";
import { Bucket, type BucketProps, type BucketTarget, Function, type ListenOptions, Queue } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, templateOf, testStack } from "../helpers/template.ts";

const PROTECTED = { "tidegate:stage": "prod", tidegate: { stages: { prod: { protected: true } } } };

function templateWith(props: BucketProps = {}, context?: Record<string, unknown>): Template {
  const { stack } = testStack(context);
  new Bucket(stack, "Inbox", props);
  return templateOf(stack);
}

const bucketOf = (template: Template) => onlyResource(template, "AWS::S3::Bucket").properties;

/** A stack with a bucket whose events go to a target of the given kind. */
function templateOn(kind: "function" | "queue" | "topic" | "fifo queue", options: ListenOptions = {}): Template {
  const { stack } = testStack();
  new Bucket(stack, "Inbox").on("s3:ObjectCreated:*", targetOf(kind, stack), options);
  return templateOf(stack);
}

function targetOf(kind: string, stack: Stack): BucketTarget {
  if (kind === "function") return new Function(stack, "Read", { entry: HELLO });
  if (kind === "topic") return new CdkTopic(stack, "News");
  return new Queue(stack, "Work", { fifo: kind === "fifo queue", deadLetterQueue: false });
}

/** The logical ids that a resource waits for. */
function waitsFor(resource: { DependsOn?: string | string[] } & object): string[] {
  const text = JSON.stringify(resource);
  const referred = [...text.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/g)].map(([, id]) => id!);
  return [...referred, ...[resource.DependsOn ?? []].flat()];
}

/** A chain of resources that wait for each other, where there is one. */
function findCircle(template: Template): string[] | undefined {
  const resources = (template.toJSON() as { Resources: Record<string, object> }).Resources;
  const done = new Set<string>();
  const follow = (id: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(id)) return [...path, id];
    if (done.has(id) || resources[id] === undefined) return undefined;
    for (const next of waitsFor(resources[id])) {
      const circle = follow(next, [...path, id]);
      if (circle !== undefined) return circle;
    }
    done.add(id);
    return undefined;
  };
  return Object.keys(resources)
    .map((id) => follow(id, []))
    .find((circle) => circle !== undefined);
}

describe("a bucket", () => {
  test("renders the same template as before", () => {
    expect(normalised(templateWith({}, PROTECTED))).toMatchSnapshot();
  });

  test("is in the account's own namespace, named after its stack and path", () => {
    const prefix = (stackName: string, id: string) => {
      process.env["CDK_VALIDATION"] = "false";
      const stack = new Stack(new App(), "Test", { stackName });
      new Bucket(stack, id);
      return bucketOf(templateOf(stack))["BucketNamePrefix"] as string;
    };
    expect(bucketOf(templateWith())).toMatchObject({ BucketNamespace: "account-regional" });
    expect(prefix("Shop", "In_box")).toMatch(/^shop-in-box-[0-9a-f]{8}$/);
    expect(prefix("Shop", "Inbox")).not.toBe(prefix("shop", "Inbox"));
    const long = prefix("A-very-long-name-of-a-stack-that-ends", "Here");
    expect(long).toMatch(/^a-very-long-name-of-a-s-[0-9a-f]{8}$/);
    expect(`${long}-000000000000-ap-southeast-1-an`.length).toBeLessThanOrEqual(63);
    const named = bucketOf(templateWith({ bucketName: "mine" }));
    expect([named["BucketName"], named["BucketNamespace"]]).toEqual(["mine", undefined]);
  });

  test("is retained in a protected stage and where the stage is not known; elsewhere it is emptied and destroyed", () => {
    for (const context of [PROTECTED, {}]) {
      const template = templateWith({}, context);
      template.hasResource("AWS::S3::Bucket", { DeletionPolicy: "Retain" });
      template.resourceCountIs("Custom::S3AutoDeleteObjects", 0);
      template.resourceCountIs("AWS::Lambda::Function", 0);
    }
    const template = templateWith();
    template.hasResource("AWS::S3::Bucket", { DeletionPolicy: "Delete" });
    template.resourceCountIs("Custom::S3AutoDeleteObjects", 1);
    templateWith({ autoDeleteObjects: false }).resourceCountIs("Custom::S3AutoDeleteObjects", 0);
    const byHand = { removalPolicy: RemovalPolicy.DESTROY };
    templateWith(byHand, PROTECTED).resourceCountIs("Custom::S3AutoDeleteObjects", 0);
    templateWith({ ...byHand, autoDeleteObjects: true }, PROTECTED).resourceCountIs("Custom::S3AutoDeleteObjects", 1);
  });

  test("expires objects, old versions and unfinished uploads", () => {
    const props = {
      versioned: true,
      lifecycleRules: [
        { noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true },
        { prefix: "tmp/", expiration: Duration.days(1) },
      ],
    };
    expect(bucketOf(templateWith(props))["LifecycleConfiguration"]).toEqual({
      Rules: [
        { Id: "UnfinishedUploads", Status: "Enabled", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
        {
          Status: "Enabled",
          ExpiredObjectDeleteMarker: true,
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        },
        { Status: "Enabled", Prefix: "tmp/", ExpirationInDays: 1 },
      ],
    });
    const never = templateWith({ abortIncompleteMultipartUploadAfter: false });
    expect(bucketOf(never)["LifecycleConfiguration"]).toBeUndefined();
  });

  test("allows pages of other origins that are given", () => {
    const cors = [{ allowedOrigins: ["https://shop.example"], allowedMethods: [HttpMethods.PUT], maxAge: 300 }];
    expect(bucketOf(templateWith({ cors }))["CorsConfiguration"]).toEqual({
      CorsRules: [{ AllowedOrigins: ["https://shop.example"], AllowedMethods: ["PUT"], MaxAge: 300 }],
    });
  });

  test("hands settings on to aws-cdk-lib's bucket", () => {
    const { stack } = testStack();
    new Bucket(stack, "Inbox", {
      bucketNamePrefix: "shop-inbox",
      encryptionKey: new Key(stack, "Key"),
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      websiteIndexDocument: "index.html",
      transferAcceleration: true,
    });
    expect(bucketOf(templateOf(stack))).toMatchObject({
      BucketNamePrefix: "shop-inbox",
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true }] },
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      WebsiteConfiguration: { IndexDocument: "index.html" },
      AccelerateConfiguration: { AccelerationStatus: "Enabled" },
    });
  });
});

describe("the target of a bucket's events", () => {
  test("is a function, by its alias, that may read the bucket and knows its name, without a circle", () => {
    const { stack } = testStack();
    const bucket = new Bucket(stack, "Inbox");
    const read = new Function(stack, "Read", { entry: HELLO, environment: { BUCKET: bucket.bucketName } });
    bucket.grantRead(read);
    bucket.on("s3:ObjectCreated:*", read, { prefix: "in/", suffix: ".csv" });
    const template = templateOf(stack);
    expect(findCircle(template)).toBeUndefined();
    template.resourceCountIs("Custom::S3BucketNotifications", 0);

    const alias = onlyResource(template, "AWS::Lambda::Alias").id;
    expect(bucketOf(template)["NotificationConfiguration"]).toEqual({
      LambdaConfigurations: [
        {
          Event: "s3:ObjectCreated:*",
          Filter: {
            S3Key: {
              Rules: [
                { Name: "prefix", Value: "in/" },
                { Name: "suffix", Value: ".csv" },
              ],
            },
          },
          Function: { Ref: alias },
        },
      ],
    });
    const permission = onlyResource(template, "AWS::Lambda::Permission");
    const name = ["-", { Ref: "AWS::AccountId" }, "-", { Ref: "AWS::Region" }, "-an"];
    expect(JSON.stringify(permission.properties["SourceArn"])).toContain(JSON.stringify(name).slice(6, -1));
    expect(permission.properties).toMatchObject({
      FunctionName: { Ref: alias },
      SourceAccount: { Ref: "AWS::AccountId" },
    });
    const bucketResource = Object.values(template.findResources("AWS::S3::Bucket"))[0]!;
    expect(bucketResource["DependsOn"]).toContain(permission.id);
    const { id } = onlyResource(template, "AWS::S3::Bucket");
    expect(onlyResource(template, "AWS::S3::BucketPolicy").properties).toMatchObject({ Bucket: { Ref: id } });
  });

  test("makes no new version of a function that knows the bucket's name", () => {
    const versionOf = (isHeard: boolean) => {
      const { stack } = testStack();
      const bucket = new Bucket(stack, "Inbox");
      new Function(stack, "Read", { entry: HELLO, environment: { BUCKET: `s3://${bucket.bucketName}` } });
      if (isHeard) bucket.on("s3:ObjectCreated:*", new CdkTopic(stack, "News"));
      const template = templateOf(stack);
      const text = JSON.stringify(onlyVersionedFunction(template));
      return { text, version: onlyResource(template, "AWS::Lambda::Version").id };
    };
    const [before, after] = [versionOf(false), versionOf(true)];
    expect(before.text).not.toBe(after.text);
    expect(before.version).toBe(after.version);
  });

  test("is a queue or a topic, whose policy allows S3 for this bucket only", () => {
    for (const kind of ["queue", "topic"] as const) {
      const template = templateOn(kind, { suffix: ".csv" });
      expect(findCircle(template)).toBeUndefined();
      const config = bucketOf(template)["NotificationConfiguration"] as Record<string, object[]>;
      const [entry] = config[kind === "queue" ? "QueueConfigurations" : "TopicConfigurations"]!;
      expect(entry).toMatchObject({ Event: "s3:ObjectCreated:*" });
      const type = kind === "queue" ? "AWS::SQS::QueuePolicy" : "AWS::SNS::TopicPolicy";
      const policy = onlyResource(template, type);
      expect(JSON.stringify(policy.properties)).toMatch(/"ArnLike":\{"aws:SourceArn":.*-an"/);
      const [bucket] = Object.values(template.findResources("AWS::S3::Bucket"));
      expect(bucket!["DependsOn"]).toContain(policy.id);
    }
  });

  test("may be the account's event bus", () => {
    const bus = { EventBridgeConfiguration: { EventBridgeEnabled: true } };
    expect(bucketOf(templateWith({ eventBridgeEnabled: true }))["NotificationConfiguration"]).toEqual(bus);
    const { stack } = testStack();
    new Bucket(stack, "Inbox").enableEventBridgeNotification();
    expect(bucketOf(templateOf(stack))["NotificationConfiguration"]).toMatchObject(bus);
    expect(bucketOf(templateWith())["NotificationConfiguration"]).toBeUndefined();
  });

  test("takes the setting in aws-cdk-lib's form too, and no resource of that form remains", () => {
    const { stack } = testStack();
    const bucket = new Bucket(stack, "Inbox");
    const fn = new Function(stack, "Read", { entry: HELLO });
    const filters = [{ prefix: "in/" }, { suffix: ".csv" }];
    fn.addEventSource(new S3EventSource(bucket, { events: [EventType.OBJECT_CREATED], filters }));
    const template = templateOf(stack);
    template.resourceCountIs("Custom::S3BucketNotifications", 0);
    const { LambdaConfigurations } = bucketOf(template)["NotificationConfiguration"] as {
      LambdaConfigurations: object[];
    };
    expect(LambdaConfigurations).toMatchObject([
      { Filter: { S3Key: { Rules: [{ Value: "in/" }, { Value: ".csv" }] } } },
    ]);
  });

  test("has what it failed for kept for 14 days, unless that is not wanted", () => {
    const template = templateOn("function");
    const queue = onlyResource(template, "AWS::SQS::Queue");
    expect(queue.properties["MessageRetentionPeriod"]).toBe(1_209_600);
    template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": [queue.id, "Arn"] } } },
    });
    templateOn("function", { deadLetterQueue: false }).resourceCountIs("AWS::SQS::Queue", 0);
    const { stack } = testStack();
    const fn = new Function(stack, "Read", { entry: HELLO, retryAttempts: 0 });
    new Bucket(stack, "Inbox").on("s3:ObjectCreated:*", fn);
    templateOf(stack).resourceCountIs("AWS::SQS::Queue", 0);
  });

  test("may be a function of another stack, which the bucket's stack waits for, and not the other way round", () => {
    const { app, stack } = testStack();
    const other = new Stack(app, "Other");
    const bucket = new Bucket(stack, "Inbox");
    const read = new Function(other, "Read", { entry: HELLO, environment: { BUCKET: bucket.bucketName } });
    bucket.grantRead(read);
    bucket.on("s3:ObjectCreated:*", read);
    const template = templateOf(stack);
    expect(findCircle(template)).toBeUndefined();
    expect(JSON.stringify(template.findResources("AWS::Lambda::Permission"))).toContain("Fn::ImportValue");
    expect(stack.dependencies).toEqual([other]);
    expect(other.dependencies).toEqual([]);
  });

  test("may differ by prefix or suffix", () => {
    const { stack } = testStack();
    const bucket = new Bucket(stack, "Inbox");
    const fn = new Function(stack, "Read", { entry: HELLO });
    bucket.on("s3:ObjectCreated:*", fn, { prefix: "a/" }).on("s3:ObjectCreated:Put", fn, { prefix: "b/" });
    bucket.on("s3:ObjectRemoved:*", fn);
    const { LambdaConfigurations } = bucketOf(templateOf(stack))["NotificationConfiguration"] as {
      LambdaConfigurations: object[];
    };
    expect(LambdaConfigurations).toHaveLength(3);
  });
});

/** The function that has versions: not aws-cdk-lib's, which empties buckets. */
function onlyVersionedFunction(template: Template): unknown {
  const found = template.findResources("AWS::Lambda::Function", { Properties: { Architectures: ["arm64"] } });
  expect(Object.keys(found)).toHaveLength(1);
  return Object.values(found)[0];
}

describe("a bucket fails when", () => {
  test.each<[string, BucketProps, RegExp]>([
    ["its name has capitals", { bucketName: "Inbox" }, /bucketName: got 'Inbox'; allowed are 3 to 63/],
    ["its name has dots", { bucketName: "in.box" }, /bucketName: got 'in.box'/],
    ["its name is AWS's", { bucketName: "box--x-s3" }, /bucketName: got 'box--x-s3'/],
    [
      "its name is of a namespace",
      { bucketName: "box-000000000000-us-east-1-an" },
      /a name in an account's own namespace; leave it out/,
    ],
    ["its prefix is long", { bucketNamePrefix: "a".repeat(33) }, /bucketNamePrefix: got 'a+'; allowed are 1 to 32/],
    ["it has a name and a prefix", { bucketName: "box", bucketNamePrefix: "a" }, /bucketNamePrefix: a bucketName has/],
    [
      "it has no versions",
      { lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(1) }] },
      /noncurrentVersionExpiration: only versioned buckets/,
    ],
    [
      "objects expire by the hour",
      { lifecycleRules: [{ expiration: Duration.hours(5) }] },
      /lifecycleRules\[0\].expiration: got 18000 seconds/,
    ],
    [
      "uploads are aborted at once",
      { abortIncompleteMultipartUploadAfter: Duration.days(0) },
      /abortIncompleteMultipartUploadAfter: got 0 seconds/,
    ],
    [
      "no origin is allowed",
      { cors: [{ allowedOrigins: [], allowedMethods: [HttpMethods.GET] }] },
      /cors\[0\]\.allowedOrigins, allowedMethods: one of them is empty/,
    ],
    [
      "an origin has two stars",
      { cors: [{ allowedOrigins: ["https://*.*"], allowedMethods: [HttpMethods.GET] }] },
      /one \* at most/,
    ],
    [
      "it is emptied and retained",
      { autoDeleteObjects: true, removalPolicy: RemovalPolicy.RETAIN },
      /autoDeleteObjects: a bucket whose removalPolicy is 'retain' keeps its objects/,
    ],
  ])("%s", (_what, props, words) => {
    expect(() => templateWith(props)).toThrow(words);
    expect(() => templateWith(props)).toThrow(/Test\/Inbox/);
  });

  test("its region has no namespaces of accounts, and it has no name", () => {
    const make = (bucketName?: string) => {
      const stack = new Stack(new App(), "Test", { env: { account: "111122223333", region: "me-south-1" } });
      new Bucket(stack, "Inbox", { bucketName });
      return templateOf(stack);
    };
    expect(() => make()).toThrow(/bucketName: me-south-1 has no namespaces of accounts; give a globally unique name/);
    expect(bucketOf(make("mine"))["BucketName"]).toBe("mine");
  });

  test.each<[string, [string, ListenOptions], [string, ListenOptions]]>([
    ["all events and one of them", ["s3:ObjectCreated:*", {}], ["s3:ObjectCreated:Put", { prefix: "a/" }]],
    [
      "a prefix and a longer one",
      ["s3:ObjectCreated:Put", { prefix: "a" }],
      ["s3:ObjectCreated:Put", { prefix: "ab" }],
    ],
    ["a prefix and a suffix", ["s3:ObjectRemoved:*", { prefix: "a" }], ["s3:ObjectRemoved:*", { suffix: "b" }]],
  ])("two targets receive events of the same object: %s", (_what, first, second) => {
    const { stack } = testStack();
    const bucket = new Bucket(stack, "Inbox");
    const fn = new Function(stack, "Read", { entry: HELLO });
    for (const [event, options] of [first, second]) bucket.on(event as "s3:ObjectCreated:*", fn, options);
    expect(() => templateOf(stack)).toThrow(/\[Test\/Inbox\] on: s3:Object.* can match the same object/);
  });

  test("its target is a FIFO queue, or a queue that has a dead-letter queue", () => {
    expect(() => templateOn("fifo queue")).toThrow(/on: S3 does not deliver to FIFO queues/);
    expect(() => templateOn("queue", { deadLetterQueue: false })).toThrow(/deadLetterQueue: only a function can fail/);
  });
});
