// A short fingerprint of a text that tells two texts apart and guards nothing: after MurmurHash3 with 128 bits for 32-bit
// processors (A. Appleby, public domain). The platform's SHA-256 answers with a promise and takes five times as long.

/** In characters of base64url, which hold 128 bits. */
const LENGTH = 22;
/** Bytes that one round takes in. */
const BLOCK = 16;

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const ENCODER = new TextEncoder();
/** What is being read, as bytes and as words: used again by each call. */
let words = new Int32Array(1_024);
let bytes = new Uint8Array(words.buffer);
/** In characters: what a longer text needs is given back. */
const MAX_KEPT = 65_536;

/** The text in UTF-8, then zeros up to the end of a block. */
function read(text: string): { words: Int32Array; length: number } {
  const needed = text.length * 3 + BLOCK;
  const isLong = needed > bytes.length;
  const into = isLong ? new Int32Array(Math.ceil(needed / BLOCK) * (BLOCK / 4)) : words;
  const room = isLong ? new Uint8Array(into.buffer) : bytes;
  if (isLong && text.length <= MAX_KEPT) [words, bytes] = [into, room];
  const { written } = ENCODER.encodeInto(text, room);
  room.fill(0, written, written + BLOCK);
  return { words: into, length: written };
}

const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));

const mix = (word: number, from: number, bits: number, to: number) =>
  Math.imul(rotate(Math.imul(word, from), bits), to);

function finish(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** 22 characters of base64url. */
export function fingerprint(text: string): string {
  const { words, length } = read(text);
  const wordAt = (at: number) => words[at] ?? 0;
  let [one, two, three, four] = [0, 0, 0, 0];
  for (let at = 0; at * 4 < length; at += BLOCK / 4) {
    one = (Math.imul(rotate(one ^ mix(wordAt(at), C1, 15, C2), 19) + two, 5) + 0x561ccd1b) | 0;
    two = (Math.imul(rotate(two ^ mix(wordAt(at + 1), C2, 16, C3), 17) + three, 5) + 0x0bcaa747) | 0;
    three = (Math.imul(rotate(three ^ mix(wordAt(at + 2), C3, 17, C4), 15) + four, 5) + 0x96cd1c35) | 0;
    four = (Math.imul(rotate(four ^ mix(wordAt(at + 3), C4, 18, C1), 13) + one, 5) + 0x32ac3b17) | 0;
  }
  spread(one ^ length, two ^ length, three ^ length, four ^ length);
  spread(finish(lanes[0] ?? 0), finish(lanes[1] ?? 0), finish(lanes[2] ?? 0), finish(lanes[3] ?? 0));
  return btoa(String.fromCharCode(...octets))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, LENGTH);
}

/** The four numbers, which become the text. */
const lanes = new Int32Array(4);
const octets = new Uint8Array(lanes.buffer);

/** The first lane gets all of the others, and they get it. */
function spread(one: number, two: number, three: number, four: number): void {
  const first = (one + two + three + four) | 0;
  lanes[0] = first;
  lanes[1] = two + first;
  lanes[2] = three + first;
  lanes[3] = four + first;
}
