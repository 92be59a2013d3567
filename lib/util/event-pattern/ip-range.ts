/** A range of addresses of one family, both ends included. */
export interface IpRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** An address as a number, or undefined where the text is none. */
export function tryParseIp(text: string): { bits: 32 | 128; value: bigint } | undefined {
  const value = text.includes(":") ? parseV6(text) : parseV4(text);
  return value === undefined ? undefined : { bits: text.includes(":") ? 128 : 32, value };
}

/**
 * The range of a CIDR block; a text for an invalid block, as AWS's rule compiler says it. The range begins at the given
 * address, bits below the mask included: so does AWS's.
 */
export function parseCidr(text: string): IpRange | string {
  const parts = text.split("/");
  if (parts.length !== 2) return "Malformed CIDR, one '/' required";
  const [address = "", mask = ""] = parts;
  if (!/^[+-]?[0-9]{1,9}$/.test(mask)) return "Malformed CIDR, mask bits must be an integer";
  const maskBits = Number(mask);
  if (maskBits < 0) return "Malformed CIDR, mask bits must not be negative";
  const ip = tryParseIp(address);
  if (ip === undefined) return `Nonstandard IP address: ${address}`;
  if (maskBits >= ip.bits) return `IPv${ip.bits === 32 ? 4 : 6} mask bits must be < ${ip.bits}`;
  return { bits: ip.bits, first: ip.value, last: ip.value | ((1n << BigInt(ip.bits - maskBits)) - 1n) };
}

/** Whether the text is an address in the range; text that is not an address is in none. */
export function isInRange(range: IpRange, text: string): boolean {
  const ip = tryParseIp(text);
  return ip !== undefined && ip.bits === range.bits && ip.value >= range.first && ip.value <= range.last;
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
