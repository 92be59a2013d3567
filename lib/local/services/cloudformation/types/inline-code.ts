import { crc32 } from "node:zlib";

/**
 * A zip with the template's inline code as `index.js` or `index.py`, and beside it the `cfn-response` module that
 * CloudFormation gives inline code (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html).
 * The same text gives the same bytes.
 */
export function zipInlineCode(source: string, runtime: string, handler: string): Uint8Array {
  const module = handler.split(".")[0] ?? "index";
  return runtime.startsWith("python")
    ? zip([
        [`${module}.py`, source],
        ["cfnresponse.py", PYTHON_RESPONSE],
      ])
    : zip([
        [`${module}.js`, source],
        ["node_modules/cfn-response/index.js", NODE_RESPONSE],
      ]);
}

const NODE_RESPONSE = `exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";
exports.send = function (event, context, responseStatus, responseData, physicalResourceId, noEcho) {
  const https = require("https");
  const { hostname, pathname, search } = new URL(event.ResponseURL);
  const body = JSON.stringify({
    Status: responseStatus,
    Reason: "See the details in CloudWatch Log Stream: " + context.logStreamName,
    PhysicalResourceId: physicalResourceId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: responseData,
  });
  const headers = { "content-type": "", "content-length": Buffer.byteLength(body) };
  const request = https.request({ hostname, port: 443, path: pathname + search, method: "PUT", headers }, () => context.done());
  request.on("error", (error) => {
    console.log("send(..) failed executing https.request(..): " + error);
    context.done();
  });
  request.end(body);
};
`;

const PYTHON_RESPONSE = `import json
import os
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None):
    body = json.dumps({
        "Status": responseStatus,
        "Reason": reason or "See the details in CloudWatch Log Stream: {}".format(context.log_stream_name),
        "PhysicalResourceId": physicalResourceId or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    }).encode("utf-8")
    headers = {"content-type": "", "content-length": str(len(body))}
    url = event["ResponseURL"].replace("https://cfn-response.tidegate.internal", os.environ.get("AWS_ENDPOINT_URL", ""))
    request = urllib.request.Request(url, data=body, headers=headers, method="PUT")
    try:
        with urllib.request.urlopen(request) as response:
            print("Status code:", response.status)
    except Exception as error:
        print("send(..) failed executing http.request(..):", error)
`;

const DOS_1980 = 0x21;

/** Stored entries only: inline code is small, and what is not compressed cannot differ between machines. */
function zip(files: readonly (readonly [name: string, text: string])[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of files) {
    const data = Buffer.from(text);
    const nameBytes = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    writeEntry(local, 4, data, nameBytes);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(0x0314, 4);
    writeEntry(central, 6, data, nameBytes);
    central.writeUInt32LE(0o100644 * 65_536, 38);
    central.writeUInt32LE(offset, 42);
    parts.push(local, nameBytes, data);
    directory.push(central, nameBytes);
    offset += 30 + nameBytes.length + data.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...parts, directoryBytes, end]));
}

/** The fields that a local header and a central one share, from "version needed" on. */
function writeEntry(header: Buffer, at: number, data: Buffer, name: Buffer): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(DOS_1980, at + 8);
  header.writeUInt32LE(crc32(data), at + 10);
  header.writeUInt32LE(data.length, at + 14);
  header.writeUInt32LE(data.length, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}
