// Identifiers: UUIDv7 (RFC 9562 section 5.7), ordered by the time of their making.

const MAX_SEQUENCE = 0xfff;
let latest = { time: 0, sequence: 0 };

/**
 * A UUIDv7 for the given epoch milliseconds; the later id is the greater one, also within a millisecond and when the
 * clock was set back (RFC 9562 section 6.2).
 */
export function createId(now = Date.now()): string {
  latest = next(now);
  const { time, sequence } = latest;
  const [left = 0, right = 0] = crypto.getRandomValues(new Uint32Array(2));
  const random = toHex((0x80000000 | (left & 0x3fffffff)) >>> 0, 8) + toHex(right, 8);
  const hex = toHex(time, 12) + toHex(0x7000 | sequence, 4) + random;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const toHex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** Twelve bits count within a millisecond; what is more borrows from the next ones. */
function next(now: number): typeof latest {
  if (now > latest.time) return { time: now, sequence: 0 };
  if (latest.sequence < MAX_SEQUENCE) return { ...latest, sequence: latest.sequence + 1 };
  return { time: latest.time + 1, sequence: 0 };
}
