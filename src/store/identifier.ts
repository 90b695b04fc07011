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
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint32(0, Math.floor(time / 0x10000));
  new DataView(bytes.buffer).setUint16(4, time % 0x10000);
  bytes[6] = 0x70 | (sequence >> 8);
  bytes[7] = sequence & 0xff;
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Twelve bits count within a millisecond; what is more borrows from the next ones. */
function next(now: number): typeof latest {
  if (now > latest.time) return { time: now, sequence: 0 };
  if (latest.sequence < MAX_SEQUENCE) return { ...latest, sequence: latest.sequence + 1 };
  return { time: latest.time + 1, sequence: 0 };
}
