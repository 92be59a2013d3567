import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;
const KEPT_SECONDS = 7 * 24 * 60 * 60;

interface Figures {
  readonly count: number;
  readonly sum: number;
  readonly least: number;
  readonly most: number;
}

/** What goes from call to call within a window: the figures by sensor. */
interface State {
  readonly sensors?: Readonly<Record<string, Figures>>;
}

interface WindowEvent {
  readonly Records: readonly { readonly kinesis: { readonly data: string } }[];
  readonly window: { readonly start: string; readonly end: string };
  readonly shardId: string;
  readonly state: State;
  readonly isFinalInvokeForWindow: boolean;
}

/** Counts the readings of a shard and a minute; when the minute is over, writes down what came out. */
export async function handler(event: WindowEvent): Promise<{ state: State }> {
  const sensors = new Map(Object.entries(event.state.sensors ?? {}));
  for (const { kinesis } of event.Records) {
    const { sensor, value } = readReading(kinesis.data);
    sensors.set(sensor, add(sensors.get(sensor), value));
  }
  if (event.isFinalInvokeForWindow) {
    await Promise.all([...sensors].map(([sensor, figures]) => write(event, sensor, figures)));
  }
  return { state: { sensors: Object.fromEntries(sensors) } };
}

/** Other producers may write other data: those records fail, and are reported to the failure queue. */
function readReading(data: string): { sensor: string; value: number } {
  const { sensor, value } = JSON.parse(Buffer.from(data, "base64").toString()) as { sensor?: unknown; value?: unknown };
  if (typeof sensor === "string" && typeof value === "number") return { sensor, value };
  throw new Error('Expected a reading with a text "sensor" and a number "value".');
}

function add(figures: Figures | undefined, value: number): Figures {
  const { count = 0, sum = 0, least = value, most = value } = figures ?? {};
  return { count: count + 1, sum: sum + value, least: Math.min(least, value), most: Math.max(most, value) };
}

/** By window and shard: what is written twice is written once, and after a resharding nothing is lost. */
async function write({ window, shardId }: WindowEvent, sensor: string, figures: Figures): Promise<void> {
  const expires = Math.floor(Date.parse(window.end) / 1000) + KEPT_SECONDS;
  const number = (value: number) => ({ N: String(value) });
  await dynamodb.send(
    new PutItemCommand({
      TableName: TABLE_NAME,
      Item: {
        sensor: { S: sensor },
        window: { S: `${window.start} ${shardId}` },
        count: number(figures.count),
        sum: number(figures.sum),
        least: number(figures.least),
        most: number(figures.most),
        countedBy: { S: "counter" },
        expires: number(expires),
      },
    }),
  );
}
