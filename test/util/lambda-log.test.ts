import { expect, it } from "vitest";
import { parseLogEvent } from "../../lib/util/lambda-log/parse-log-event.ts";

const ID = "8886c7b0-a755-4e68-b9dd-4deb667bbe19";

it.each([
  [`START RequestId: ${ID} Version: 7\n`, { kind: "start", requestId: ID, version: "7", text: "" }],
  [`END RequestId: ${ID}\n`, { kind: "end", requestId: ID, text: "" }],
  [
    `REPORT RequestId: ${ID}\tDuration: 12.04 ms\tBilled Duration: 327 ms\tMemory Size: 256 MB\tMax Memory Used: 80 MB\tInit Duration: 314.87 ms\t\n`,
    {
      kind: "report",
      requestId: ID,
      text: "",
      report: { durationMs: 12.04, initMs: 314.87, memoryMb: 256, maxMemoryMb: 80, status: "success" },
    },
  ],
  [
    `REPORT RequestId: ${ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\tStatus: timeout`,
    { report: { durationMs: 3000, memoryMb: 128, maxMemoryMb: 30, status: "timeout" } },
  ],
  ["INIT_START Runtime Version: nodejs:24.v1", { kind: "init", text: "Runtime Version: nodejs:24.v1" }],
  [
    `{"time":"2026-11-30T14:22:54.959Z","type":"platform.start","record":{"requestId":"${ID}","version":"1"}}`,
    { kind: "start", requestId: ID, version: "1" },
  ],
  [
    `{"type":"platform.report","record":{"requestId":"${ID}","metrics":{"durationMs":12.037,"memorySizeMB":256,"maxMemoryUsedMB":80},"status":"error"}}`,
    { kind: "report", report: { durationMs: 12.037, memoryMb: 256, maxMemoryMb: 80, status: "error" } },
  ],
  [
    `{"timestamp":"2026-11-30T14:22:54Z","level":"INFO","requestId":"${ID}","message":"hello"}`,
    { kind: "line", level: "INFO", requestId: ID, text: "hello" },
  ],
  [`{"level":"info","message":"paid","amount":7}`, { text: '{"level":"info","message":"paid","amount":7}' }],
  [
    `{"level":"ERROR","requestId":"${ID}","message":{"errorType":"RangeError","errorMessage":"no","stackTrace":["RangeError: no","    at a (b.ts:1:2)"]}}`,
    { text: "RangeError: no", error: { type: "RangeError", message: "no", stack: ["at a (b.ts:1:2)"] } },
  ],
  [`{"_aws":{"Timestamp":1},"Requests":1}`, { kind: "metrics" }],
  [`2026-11-30T14:22:54.965Z\t${ID}\tWARN\tcheap`, { kind: "line", level: "WARN", requestId: ID, text: "cheap" }],
  ["2026-11-30T14:22:54.965Z\tundefined\tINFO\tstarting", { kind: "line", level: "INFO", text: "starting" }],
  [
    `2026-11-30T14:22:54.965Z\t${ID}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"x","stack":["TypeError: x","    at f (/var/task/i.js:1:2)"]}`,
    { level: "ERROR", error: { type: "TypeError", message: "x", stack: ["at f (/var/task/i.js:1:2)"] } },
  ],
  [
    `2026-11-30T14:22:54.965Z\t${ID}\tERROR\tTypeError: x\n    at f (/var/task/i.js:1:2)`,
    { text: "TypeError: x", error: { type: "TypeError", message: "x", stack: ["at f (/var/task/i.js:1:2)"] } },
  ],
  [`[INFO]\t2026-11-30T14:22:54.965Z\t${ID}\thello`, { level: "INFO", requestId: ID, text: "hello" }],
  [
    '[ERROR] ValueError: bad\nTraceback (most recent call last):\n  File "/var/task/app.py", line 3, in handler',
    { error: { type: "ValueError", message: "bad", stack: ['File "/var/task/app.py", line 3, in handler'] } },
  ],
  [
    `2026-11-30T14:22:54.965Z ${ID} Task timed out after 3.00 seconds`,
    { requestId: ID, error: { type: "Sandbox.Timedout", message: "Task timed out after 3.00 seconds", stack: [] } },
  ],
  [
    `RequestId: ${ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError`,
    { requestId: ID, error: { type: "Runtime.ExitError", message: "Runtime exited with error: signal: killed" } },
  ],
  ["plain words", { kind: "line", text: "plain words" }],
  ["{ broken", { kind: "line", text: "{ broken" }],
])("reads %s", (message, record) => {
  expect(parseLogEvent(message)).toMatchObject(record);
});
