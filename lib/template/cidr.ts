import { TemplateError } from "./template-error.ts";

/** `count` address blocks of `bits` host bits inside `block`, as `Fn::Cidr` gives them (8 bits by default). */
export function cidrBlocks(block: string, count: number, bits = 8): string[] {
  const [address = "", prefixText = ""] = block.split("/");
  const width = address.includes(":") ? 128 : 32;
  const prefix = Number(prefixText);
  const base = width === 32 ? parseIpv4(address) : parseIpv6(address);
  const size = width - bits;
  const bad =
    base === undefined ||
    !/^\d+$/.test(prefixText) ||
    prefix > width ||
    !Number.isInteger(count) ||
    count < 1 ||
    count > 256;
  if (bad || !Number.isInteger(bits) || bits < 1 || size < prefix || BigInt(count) > 1n << BigInt(size - prefix)) {
    throw new TemplateError(`Template error: Fn::Cidr cannot make ${count} blocks of ${bits} bits in ${block}`);
  }
  const start = (base >> BigInt(width - prefix)) << BigInt(width - prefix);
  const show = width === 32 ? formatIpv4 : formatIpv6;
  return Array.from({ length: count }, (_, index) => `${show(start + (BigInt(index) << BigInt(bits)))}/${size}`);
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const gap = halves.length === 2 ? Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0") : [];
  const groups = [...head, ...gap, ...tail];
  if (groups.length !== 8 || groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function formatIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
}

function formatIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16));
  const zeros = /(?:^|:)0(?::0)+(?:$|:)/.exec(groups.join(":"));
  return zeros ? groups.join(":").replace(zeros[0], "::") : groups.join(":");
}
