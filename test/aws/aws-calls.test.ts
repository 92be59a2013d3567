import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AWS_CALLS } from "../../lib/aws/aws-calls.ts";

const ROOMS = ["lib/deploy", "lib/release", "lib/driver", "lib/cli"];

/** `service operation` of every command that a source file imports from the SDK. */
function commandsOf(text: string): string[] {
  return [...text.matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([\w-]+)"/g)].flatMap(([, names = "", service]) =>
    [...names.matchAll(/\b(\w+)Command\b/g)].map(([, operation]) => `${service} ${operation}`),
  );
}

function commandsOfRooms(): string[] {
  const files = ROOMS.flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(room, name), "utf8")),
  );
  return [...new Set(files.flatMap(commandsOf))].toSorted();
}

describe("the table of calls", () => {
  it("holds each command of deploy, release and driver, and no other", () => {
    const listed = AWS_CALLS.map(({ service, operation }) => `${service} ${operation}`);
    expect([...new Set(listed)].toSorted()).toEqual(commandsOfRooms());
  });

  it("names one maker at the terminal for each", () => {
    for (const { operation, madeBy } of AWS_CALLS) {
      expect(
        madeBy.filter((maker) => maker !== "driver"),
        operation,
      ).toHaveLength(1);
    }
  });

  it("finds a command that a room imports", () => {
    const text = 'import {\n  type LambdaClient,\n  GetAliasCommand,\n} from "@aws-sdk/client-lambda";';
    expect(commandsOf(text)).toEqual(["lambda GetAlias"]);
  });
});
