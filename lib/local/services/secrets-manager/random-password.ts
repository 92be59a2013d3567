import { randomInt } from "node:crypto";
import type { Input, Output, Secrets } from "./context.ts";
import { invalidParameter } from "./errors.ts";

const LOWERCASE = "abcdefghijklmnopqrstuvwxyz";
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const LONGEST = 4096;

/** Makes a password of random characters, 32 unless the request says how many. */
export function getRandomPassword(_secrets: Secrets, input: Input<"GetRandomPassword">): Output<"GetRandomPassword"> {
  const length = input.PasswordLength ?? 32;
  if (length < 1 || length > LONGEST) throw invalidParameter(`PasswordLength must be between 1 and ${LONGEST}.`);
  const kinds = [
    input.ExcludeLowercase ? "" : LOWERCASE,
    input.ExcludeUppercase ? "" : LOWERCASE.toUpperCase(),
    input.ExcludeNumbers ? "" : "0123456789",
    input.ExcludePunctuation ? "" : PUNCTUATION,
    input.IncludeSpace ? " " : "",
  ].map((kind) => without(kind, input.ExcludeCharacters ?? ""));
  const included = kinds.filter((kind) => kind !== "");
  if (included.length === 0) throw invalidParameter("The password can't be made: every character is excluded.");
  const required = (input.RequireEachIncludedType ?? true) ? included : [];
  if (required.length > length) {
    throw invalidParameter("The password length is too short to hold a character of each included type.");
  }
  const any = included.join("");
  const rest = Array.from({ length: length - required.length }, () => pick(any));
  return { RandomPassword: shuffle([...required.map(pick), ...rest]).join("") };
}

function without(characters: string, excluded: string): string {
  return Array.from(characters)
    .filter((character) => !excluded.includes(character))
    .join("");
}

function pick(characters: string): string {
  return characters[randomInt(characters.length)]!;
}

function shuffle(items: string[]): string[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
