import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  project = await starterProject("saga");
  outputs = await deployStarter(project);
});

afterAll(() => project.remove());

async function book(to: string, price: number): Promise<string> {
  const { status, body } = await call<{ id: string }>(outputs["ApiUrl"]!, "POST", "/trips", { to, price });
  expect(status).toBe(202);
  return body.id;
}

interface Trip {
  readonly status: string;
  readonly why?: string;
}

const trip = async (id: string) => (await call<Trip>(outputs["ApiUrl"]!, "GET", `/trips/${id}`)).body;
const statusOf = async (id: string) => (await trip(id)).status;
const reservations = async () => (await call<string[]>(outputs["ApiUrl"]!, "GET", "/reservations")).body;
const decide = (id: string, approved: boolean) =>
  call(outputs["ApiUrl"]!, "POST", `/trips/${id}/decision`, { approved });

const soon = { interval: 100 };

it("a trip is booked as a whole or cancelled as a whole, a person decides about dear ones, and releases move the workflow", async () => {
  const cheap = await book("Oslo", 300);
  await expect.poll(() => statusOf(cheap), soon).toBe("booked");
  expect(await trip(cheap)).toMatchObject({ flight: `flight-${cheap}`, hotel: `hotel-${cheap}` });
  expect(await decide(cheap, true)).toMatchObject({ status: 409 });

  const full = await book("Atlantis", 300);
  await expect.poll(() => statusOf(full), soon).toBe("refused");
  expect(await trip(full)).toMatchObject({ why: "NoRoom" });

  const [dear, turnedDown, unpaid] = await Promise.all([
    book("Rome", 1_500),
    book("Paris", 1_500),
    book("Mars", 9_000),
  ]);
  for (const id of [dear, turnedDown, unpaid]) await expect.poll(() => statusOf(id), soon).toBe("waiting");
  expect(await decide(dear, true)).toMatchObject({ status: 200 });
  expect(await decide(turnedDown, false)).toMatchObject({ status: 200 });
  expect(await decide(unpaid, true)).toMatchObject({ status: 200 });
  await expect.poll(() => statusOf(dear), soon).toBe("booked");
  await expect
    .poll(async () => [await trip(turnedDown), await trip(unpaid)], soon)
    .toMatchObject([
      { status: "refused", why: "TurnedDown" },
      { status: "refused", why: "CardRefused" },
    ]);
  const held = [cheap, dear].flatMap((id) => [`flight-${id}`, `hotel-${id}`]);
  expect(await reservations()).toEqual(held.sort());

  project.edit("workflows/trip.asl.json", (text) => text.replace("$price > 1000", "$price > 2000"));
  expect(await deployStarter(project)).toEqual(outputs);
  const middling = await book("Bern", 1_500);
  await expect.poll(() => statusOf(middling), soon).toBe("booked");

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  const asked = await book("Bern", 1_500);
  await expect.poll(() => statusOf(asked), soon).toBe("waiting");

  await destroyStarter(project);
});
