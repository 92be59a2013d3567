import { connect } from "node:net";

/** What came back over a bare connection. */
export interface RawReply {
  readonly status: number;
  readonly text: string;
}

/** Sends a request word by word, since `fetch` would correct what a test wants to be wrong. */
export function rawRequest(port: number, head: readonly string[], body: string | Uint8Array = ""): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      const length = Buffer.byteLength(body);
      socket.write(`${head.join("\r\n")}\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`);
      socket.write(body);
    });
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      resolve({ status: Number(text.split(" ")[1]), text });
    });
  });
}
