import { expect, test } from "vitest";
import { pager } from "../../../lib/local/kit/page.ts";

const pageOf = pager(
  (NextToken) => ({ NextToken }),
  (token) => new RangeError(`refused ${token}`),
);
const all = ["a", "b", "c", "d", "e"];

test("cuts a list into pages, each with the token of the next one", () => {
  const first = pageOf(all, 2, undefined);
  const second = pageOf(all, 2, first.next.NextToken);
  const third = pageOf(all, 2, second.next.NextToken);
  expect([first, second, third].map(({ items }) => items)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  expect(third.next).toEqual({});
});

test("names no next page where the last one is full", () => {
  expect(pageOf(all, 5, undefined)).toEqual({ items: all, next: {} });
});

test.each(["", "2", "bm90aGluZw", Buffer.from("at:-1").toString("base64url")])(
  "refuses a token that it did not make: %j",
  (token) => {
    expect(() => pageOf(all, 2, token)).toThrow(`refused ${token}`);
  },
);

test("answers an empty page to such a token where the service refuses none", () => {
  expect(pager((Marker) => ({ Marker }))(all, 2, "nonsense")).toEqual({ items: [], next: {} });
});
