import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type Api, type Method, type Page, type Paging, pagesOf } from "../../src/adapter.ts";
import { findNextLink } from "../../src/upstream/paging.ts";
import { BASE_URL, faultOf, type Played, play, type Sent } from "./vendor.ts";

const Row = z.object({ id: z.number() });
type Row = z.output<typeof Row>;

const rows = (from: number, to: number): Row[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ id: from + i }));

/** Walks the whole list, at most 50 pages. */
async function walk(
  api: Api,
  method: Method = "GET",
  options: object = {},
): Promise<{ ids: number[]; pages: Page<Row>[] }> {
  const pages: Page<Row>[] = [];
  const turn = (cursor: string | undefined): Promise<Page<Row>> => {
    // The cursor survives storage.
    const stored: string | undefined = cursor === undefined ? undefined : JSON.parse(JSON.stringify(cursor));
    return api.page(method, "/users", { item: Row, cursor: stored, ...options });
  };
  for await (const page of pagesOf(turn)) {
    pages.push(page);
    if (pages.length === 50) break;
  }
  return { ids: pages.flatMap(({ items }) => items.map(({ id }) => id)), pages };
}

const number = (request: Sent, name: string) => Number(request.url.searchParams.get(name));

const PAGE: Paging = {
  kind: "page",
  in: "query",
  page: "page",
  size: "perPage",
  max: 10,
  items: "data.rows",
  total: "data.total",
};
const OFFSET: Paging = {
  kind: "offset",
  in: "query",
  offset: "offset",
  limit: "limit",
  max: 10,
  items: "rows",
  total: "total",
};
const CURSOR: Paging = {
  kind: "cursor",
  in: "query",
  cursor: "cursor",
  limit: "limit",
  max: 10,
  items: "data",
  next: "next",
};

function pageVendor(list: () => Row[], paging: Paging = PAGE, counts = true, size = 10): Played {
  const first = paging.kind === "page" ? (paging.first ?? 1) : 1;
  return play(
    (request) => {
      const from = (number(request, "page") - first) * size;
      return Response.json({
        data: { rows: list().slice(from, from + size), ...(counts ? { total: list().length } : {}) },
      });
    },
    { paging },
  );
}

describe("page numbers", () => {
  test.each([
    [0, true, 1],
    [1, true, 1],
    [10, true, 1],
    [11, true, 2],
    [25, true, 3],
    [0, false, 1],
    [9, false, 1],
    [10, false, 2],
    [25, false, 3],
  ])("%s rows, counted %s: %s calls", async (length, counts, calls) => {
    const { api, sent } = pageVendor(() => rows(0, length), PAGE, counts);
    const { ids, pages } = await walk(api);
    expect(ids).toEqual(rows(0, length).map(({ id }) => id));
    expect(sent).toHaveLength(calls);
    expect(pages[0]?.total).toBe(counts ? length : undefined);
    expect(sent[0]?.url.search).toBe("?page=1&perPage=10");
  });

  test("the first page can be number 0", async () => {
    const { api, sent } = pageVendor(() => rows(0, 15), { ...PAGE, first: 0 });
    expect((await walk(api)).ids).toHaveLength(15);
    expect(sent.map((request) => number(request, "page"))).toEqual([0, 1]);
  });

  test("a vendor that gives smaller pages than declared is read to its end", async () => {
    const { api } = pageVendor(() => rows(0, 25), PAGE, true, 4);
    expect((await walk(api)).ids).toHaveLength(25);
  });

  test("rows that come and go underneath never make it endless, nor end it before the last page", async () => {
    let calls = 0;
    const shrinking = pageVendor(() => rows(0, 40 - 7 * calls++));
    await walk(shrinking.api);
    // At most a page and the way back for each time that rows went away.
    expect(shrinking.sent.length).toBeLessThan(10);
    calls = 0;
    const growing = pageVendor(() => rows(0, 25 + Math.min(10, 3 * calls++)));
    expect((await walk(growing.api)).ids).toEqual(rows(0, 35).map(({ id }) => id));
  });

  test("S27: where rows leave earlier pages the reader misses no row", async () => {
    for (const size of [10, 4]) {
      for (const gone of [1, 9, 10, 12]) {
        let calls = 0;
        const { api, sent } = pageVendor(() => rows(calls++ < 2 ? 0 : gone, 35), PAGE, true, size);
        const { ids } = await walk(api);
        expect([...new Set(ids)].filter((id) => id >= gone).sort((one, other) => one - other)).toEqual(
          rows(gone, 35).map(({ id }) => id),
        );
        expect(sent.length).toBeLessThan(2 * Math.ceil(35 / size) + 4);
      }
    }
  });

  test("a vendor that counts one more and one less in turn is read to its end", async () => {
    let calls = 0;
    const flickering = play(
      (request) => {
        const from = (number(request, "page") - 1) * 10;
        return Response.json({ data: { rows: rows(from, Math.min(65, from + 10)), total: 65 + (calls++ % 2) } });
      },
      { paging: PAGE },
    );
    const { ids } = await walk(flickering.api);
    expect(new Set(ids).size).toBe(65);
  });

  test("parameters in a JSON or form body join the adapter's own", async () => {
    const body: Paging = { ...PAGE, in: "body", page: "pageNumber", size: "pageSize" };
    const answer = () => Response.json({ data: { rows: [], total: 0 } });
    const { api, sent } = play(answer, { paging: body });
    await api.page("POST", "/users/search", { item: Row, cursor: undefined, json: { orderBy: "x" }, safe: true });
    await api.page("POST", "/users/search", { item: Row, cursor: undefined, form: { orderBy: "x" }, safe: true });
    await api.page("POST", "/users/search", { item: Row, cursor: undefined, safe: true });
    expect(sent.map(({ body }) => body)).toEqual([
      '{"orderBy":"x","pageNumber":1,"pageSize":10}',
      "orderBy=x&pageNumber=1&pageSize=10",
      '{"pageNumber":1,"pageSize":10}',
    ]);
  });

  test("a vendor that ignores the page parameter is found out, counting or not", async () => {
    for (const total of [undefined, 15, 1_000]) {
      const { api } = play(() => Response.json({ data: { rows: rows(0, 10), total } }), { paging: PAGE });
      expect((await faultOf(walk(api))).kind).toBe("protocol");
    }
  });
});

describe("offsets", () => {
  const offsetVendor = (list: () => Row[], size = 10, counts = true) =>
    play(
      (request) => {
        const from = number(request, "offset");
        return Response.json({ rows: list().slice(from, from + size), total: counts ? String(list().length) : null });
      },
      { paging: OFFSET },
    );

  test("goes on by the rows it got, reads a count in a string, keeps the adapter's query", async () => {
    const { api, sent } = offsetVendor(() => rows(0, 25), 7);
    const { ids, pages } = await walk(api, "GET", { query: { status: "" } });
    expect(ids).toEqual(rows(0, 25).map(({ id }) => id));
    expect(sent.map((request) => number(request, "offset"))).toEqual([0, 7, 14, 21]);
    expect(sent[3]?.url.search).toBe("?status=&offset=21&limit=10");
    expect(pages[0]?.total).toBe(25);
  });

  test("without a count a short or empty page is the last", async () => {
    for (const [length, calls] of [
      [20, 3],
      [19, 2],
    ] as const) {
      const { api, sent } = offsetVendor(() => rows(0, length), 10, false);
      expect((await walk(api)).ids).toHaveLength(length);
      expect(sent).toHaveLength(calls);
    }
  });

  test("an empty page ends it whatever the count says", async () => {
    const { api, sent } = play(() => Response.json({ rows: [], total: 99 }), { paging: OFFSET });
    expect((await walk(api)).ids).toEqual([]);
    expect(sent).toHaveLength(1);
  });
});

describe("cursors", () => {
  test.each([null, "", undefined, false])("the walk ends where next is %j, and passes empty pages", async (end) => {
    const pages = [
      { data: rows(0, 2), next: "a b&c" },
      { data: [], next: 17 },
      { data: rows(2, 3), next: end },
    ];
    const { api, sent } = play((_, count) => Response.json(pages[count - 1]), { paging: CURSOR });
    expect((await walk(api)).ids).toEqual([0, 1, 2]);
    expect(sent.map(({ url }) => url.search)).toEqual(["?limit=10", "?cursor=a+b%26c&limit=10", "?cursor=17&limit=10"]);
  });

  test("in the body, without a limit", async () => {
    const paging: Paging = { kind: "cursor", in: "body", cursor: "after", max: 10, items: "data", next: "meta.next" };
    const { api, sent } = play(
      (_, count) => Response.json({ data: rows(count, count + 1), meta: { next: count === 1 ? "x" : null } }),
      { paging },
    );
    await walk(api, "POST", { safe: true, json: { q: 1 } });
    expect(sent.map(({ body }) => body)).toEqual(['{"q":1}', '{"q":1,"after":"x"}']);
  });

  test.each([
    ["the same cursor again", ["a", "a"]],
    ["a circle of two", ["a", "b", "a", "b", "a", "b"]],
    ["a circle of five after a start", ["s", "t", ..."abcdeabcdeabcdeabcdeabcde"]],
  ])("%s is a fault", async (_, cursors) => {
    const { api } = play(
      (_, count) => Response.json({ data: rows(count, count + 1), next: cursors[count - 1] ?? null }),
      { paging: CURSOR },
    );
    const fault = await faultOf(walk(api));
    expect(fault).toMatchObject({ kind: "protocol", ambiguous: false });
    expect(fault.message).toContain("repeats");
  });

  test("a thousand pages are no circle, and the cursor stays small", async () => {
    const { api } = play((_, count) => Response.json({ data: [], next: count < 1_000 ? `c${count}` : null }), {
      paging: CURSOR,
    });
    let pages = 0;
    for await (const { next } of pagesOf((cursor) => api.page("GET", "/users", { item: Row, cursor }))) {
      pages++;
      expect(next?.length ?? 0).toBeLessThan(150);
    }
    expect(pages).toBe(1_000);
  });
});

describe("links", () => {
  const linkVendor = (links: (string | undefined)[], items?: string) =>
    play(
      (_, count) => {
        const link = links[count - 1];
        const list = rows(count, count + 1);
        return Response.json(items ? { [items]: list } : list, { headers: link === undefined ? {} : { link } });
      },
      { paging: { kind: "link", limit: "per_page", max: 10, ...(items ? { items } : {}) } },
    );

  test("follows absolute and relative links on the origin, as they are", async () => {
    const { api, sent, records } = linkVendor([
      `<${BASE_URL}/users?page=2&x=a,b;c>; rel="next", <${BASE_URL}/users?page=9>; rel=last`,
      '</v1/users?page=3>; title="a, b"; rel="prev next"',
      "<?page=4>; rel=next",
    ]);
    expect((await walk(api, "GET", { query: { q: "x" } })).ids).toEqual([1, 2, 3, 4]);
    expect(sent.map(({ url }) => url.pathname + url.search)).toEqual([
      "/v1/users?q=x&per_page=10",
      "/v1/users?page=2&x=a,b;c",
      "/v1/users?page=3",
      "/v1/users?page=4",
    ]);
    expect(records.map(({ path }) => path)).toEqual(["/users", "/users", "/users", "/users"]);
  });

  test("the list can be inside the body", async () => {
    expect((await walk(linkVendor([undefined], "users").api)).ids).toEqual([1]);
  });

  test.each([
    "https://evil.example/users",
    "//evil.example/x",
    "http://api.example.com/v1/users",
    "https://u:p@api.example.com/",
    "https://api.example.com:8443/v1",
  ])("S36: a next link to %s is a fault and is not followed", async (url) => {
    const { api, sent } = linkVendor([`<${url}>; rel=next`]);
    expect((await faultOf(walk(api))).kind).toBe("protocol");
    expect(sent).toHaveLength(1);
  });

  test("S36: a stored cursor cannot lead elsewhere", async () => {
    const { api, sent } = linkVendor([]);
    for (const at of ["//evil.example/x", "https://evil.example", "@evil.example", "/\\evil.example"]) {
      const cursor = JSON.stringify({ kind: "link", at, seen: 1, mark: "m", steps: 0, reach: 1 });
      await api.page("GET", "/users", { item: Row, cursor }).catch(() => {});
    }
    for (const { url } of sent) expect(url.origin).toBe("https://api.example.com");
  });

  test.each([
    ["", undefined],
    ["<a>; rel=prev", undefined],
    ["<a>", undefined],
    ["<a>; rel=nextish", undefined],
    ["<a>; rel=NEXT", "a"],
    ['<a>; rel="start next"', "a"],
    ['<a>; x="; rel=next"; rel=prev, <b>; rel=next', "b"],
    ["garbage, <b> ; rel = next", "b"],
  ])("%j leads to %s", (header, target) => {
    expect(findNextLink(header)).toBe(target);
  });

  test("a hostile header takes no time", () => {
    const started = performance.now();
    findNextLink(`<a>${"; a".repeat(20_000)}"`);
    findNextLink("<".repeat(60_000));
    findNextLink(`<a>${" ;".repeat(30_000)}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("no paging", () => {
  test("one answer holds everything", async () => {
    const bare = play(() => Response.json(rows(0, 3)));
    expect((await walk(bare.api)).ids).toEqual([0, 1, 2]);
    const inside = play(() => Response.json({ result: rows(0, 3) }), { paging: { kind: "none", items: "result" } });
    expect((await walk(inside.api)).pages).toEqual([{ items: rows(0, 3) }]);
  });
});

describe("answers of another shape", () => {
  test.each<[Paging, () => Response]>([
    [PAGE, () => Response.json({ data: { total: 0 } })],
    [PAGE, () => Response.json({ data: { rows: null, total: 0 } })],
    [PAGE, () => Response.json({ data: { rows: { "1": { id: 1 } }, total: 1 } })],
    [PAGE, () => Response.json({ data: { rows: [], total: "many" } })],
    [PAGE, () => Response.json({ data: { rows: [], total: -1 } })],
    [PAGE, () => Response.json({ data: { rows: [{ id: "1" }], total: 1 } })],
    [PAGE, () => new Response("<html>maintenance</html>")],
    [PAGE, () => new Response(null, { status: 204 })],
    [CURSOR, () => Response.json({ data: [], next: { a: 1 } })],
    [{ kind: "none" }, () => Response.json({ error: "x" })],
    [{ kind: "link", max: 10 }, () => Response.json([], { headers: { link: "<http://[>; rel=next" } })],
  ])("%j: protocol", async (paging, answer) => {
    const { api } = play(answer, { paging });
    expect(await faultOf(walk(api))).toMatchObject({ kind: "protocol", ambiguous: false });
  });

  test.each([
    "",
    "x",
    "{}",
    "null",
    '{"kind":"cursor","at":"x","seen":1,"mark":"m","steps":0,"reach":1}',
    '{"kind":"page","at":"x","seen":1,"mark":"m","steps":0,"reach":1}',
  ])("a cursor %j of another list is refused", async (cursor) => {
    const { api, sent } = pageVendor(() => []);
    expect((await faultOf(api.page("GET", "/users", { item: Row, cursor }))).kind).toBe("invalid");
    expect(sent).toHaveLength(0);
  });
});
