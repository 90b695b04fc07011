// Identifiers: UUIDv7 (RFC 9562 section 5.7), ordered by the time of their making.

let latest = { now: 0, sequence: 0 };

/** A UUIDv7 for the given epoch milliseconds; of one millisecond the later id is the greater (RFC 9562 section 6.2). */
export function createId(now = Date.now()): string {
  latest = { now, sequence: latest.now === now ? latest.sequence + 1 : 0 };
  // Twelve bits count within a millisecond, far more than are made in one.
  const sequence = latest.sequence & 0xfff;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint32(0, Math.floor(now / 0x10000));
  new DataView(bytes.buffer).setUint16(4, now % 0x10000);
  bytes[6] = 0x70 | (sequence >> 8);
  bytes[7] = sequence & 0xff;
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
