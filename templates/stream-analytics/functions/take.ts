import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";

const kinesis = new KinesisClient({});
const { STREAM_NAME } = process.env;

/** POST /readings: puts a reading into the stream. 202, 400 without a sensor and a value, 429 when its shard is full. */
export async function handler(event: { readonly body?: string }) {
  const reading = readReading(event.body ?? "");
  if (reading === undefined) {
    return answer(400, { message: 'Expected a JSON object with a text "sensor" and a number "value".' });
  }
  try {
    // A sensor's readings are in one shard, so that one call counts them all.
    const Data = Buffer.from(JSON.stringify(reading));
    await kinesis.send(new PutRecordCommand({ StreamName: STREAM_NAME, Data, PartitionKey: reading.sensor }));
    return answer(202, reading);
  } catch (error) {
    if ((error as Error).name !== "ProvisionedThroughputExceededException") throw error;
    return answer(429, { message: "Too many readings of this sensor; try again in a second." });
  }
}

function readReading(body: string): { sensor: string; value: number } | undefined {
  try {
    const { sensor, value } = JSON.parse(body) as { sensor?: unknown; value?: unknown };
    const isSensor = typeof sensor === "string" && sensor !== "" && sensor.length <= 100;
    return isSensor && typeof value === "number" ? { sensor, value } : undefined;
  } catch {
    return undefined;
  }
}

function answer(statusCode: number, body: object) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
