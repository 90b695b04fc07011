// JSON as vendors send it: what a JavaScript number cannot hold must not be lost.

import fc from "fast-check";
import { expect, it } from "vitest";
import { parseJson } from "../../src/upstream/json.ts";

const read = (text: string) => {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : parsed.what;
};

it("N2.3: a 64-bit integer keeps its digits, as text", () => {
  expect(read('{"id": 18014398509481985, "n": [-9007199254740993, 9007199254740991]}')).toEqual({
    id: "18014398509481985",
    n: ["-9007199254740993", 9007199254740991],
  });
});

it("leaves strings, fractions and exponents as they are", () => {
  const text =
    '{"a\\\\":"18014398509481985","b":"x\\": 18014398509481985, ","c":0.12345678901234567,"d":1e-0012345678901234567}';
  expect(read(text)).toEqual(JSON.parse(text));
  const numbers = "[12345678901234567.5, 1234567890123456789E1]";
  expect(read(numbers)).toEqual(JSON.parse(numbers));
});

it("changes nothing in any other JSON", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      const isHarmless = !/\d{16}/.test(text);
      if (isHarmless) expect(read(text)).toEqual(JSON.parse(text));
    }),
  );
  fc.assert(
    fc.property(fc.string(), fc.bigInt({ min: 0n, max: 2n ** 64n }), (name, id) => {
      const shown = read(`{${JSON.stringify(`${name}${id}`)}:${id},"id":"${id}"}`);
      expect(shown).toEqual({ [`${name}${id}`]: id > 2n ** 53n - 1n ? String(id) : Number(id), id: String(id) });
    }),
  );
});
