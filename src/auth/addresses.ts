// From where a credential may be used: IPv4 and IPv6 ranges as CIDR (RFC 4632, RFC 4291).

interface Range {
  bits: bigint;
  /** 32 or 128. */
  width: number;
  prefix: number;
}

function toBits(address: string): { bits: bigint; width: number } | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  return mapped.includes(":") ? toBits6(mapped) : toBits4(mapped);
}

function toBits4(address: string): { bits: bigint; width: number } | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return { bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n), width: 32 };
}

function toBits6(address: string): { bits: bigint; width: number } | undefined {
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n), width: 128 };
}

function toRange(text: string): Range | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const parsed = toBits(address);
  if (!parsed || rest.length > 0) return undefined;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = length === undefined ? parsed.width : Number(length);
  return prefix > parsed.width ? undefined : { ...parsed, prefix };
}

/** Whether a text is an address or a CIDR range. */
export const isRange = (text: string): boolean => toRange(text) !== undefined;

/** Whether the address is in one of the ranges; an address that is not known is in none. */
export function isWithin(ranges: readonly string[], address: string): boolean {
  const known = toBits(address);
  if (!known) return false;
  return ranges.some((text) => {
    const range = toRange(text);
    if (!range || range.width !== known.width) return false;
    const rest = BigInt(range.width - range.prefix);
    return range.bits >> rest === known.bits >> rest;
  });
}

/** So much of an address tells one network from another and no line from its neighbours: /24 of IPv4, /48 of IPv6. */
const NETWORK = { 32: 24, 128: 48 } as const;

/** The network of an address as a CIDR range, without what names one line in it; empty where the address is not known. */
export function networkOf(address: string): string {
  const known = toBits(address);
  if (!known) return "";
  const width = known.width === 32 ? 32 : 128;
  const [prefix, part] = [NETWORK[width], width === 32 ? 8 : 16];
  const parts = Array.from({ length: prefix / part }, (_, at) =>
    Number((known.bits >> BigInt(width - part * (at + 1))) & ((1n << BigInt(part)) - 1n)),
  );
  return width === 32
    ? `${parts.join(".")}.0/${prefix}`
    : `${parts.map((each) => each.toString(16)).join(":")}::/${prefix}`;
}
