// Lists, read page by page [G31] [G32].

import { member } from "../simulate/schema.ts";
import { type Dialogue, type Endpoint, expectThat, show } from "./dialogue.ts";
import type { Examinee, Test } from "./examinee.ts";
import { create } from "./scim-tests.ts";

/** Three pages, the last of them not full. */
const RESOURCES = 11;
const PAGE = 5;
/** So many creates are under way at once. */
const AT_ONCE = 5;
/** A server may have many others. */
const MAX_PAGES = 10;

async function paginate(examinee: Examinee, dialogue: Dialogue, endpoint: Endpoint): Promise<void> {
  for (let done = 0; done < RESOURCES; done += AT_ONCE) {
    const count = Math.min(AT_ONCE, RESOURCES - done);
    // All of them end before the first failure is told, so that whatever was made is known.
    const ends = await Promise.allSettled(Array.from({ length: count }, () => create(examinee, dialogue, endpoint)));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }
  for (let page = 0, total = RESOURCES; page < MAX_PAGES && page * PAGE < total; page++) {
    const startIndex = page * PAGE + 1;
    const query = { startIndex: String(startIndex), count: String(PAGE) };
    const exchange = await dialogue.ask("GET", endpoint, [200], { query });
    const got = member(exchange.body, "startIndex");
    expectThat(got === startIndex, `startIndex must be ${startIndex}, and is ${show(got)}`, exchange);
    const totalResults = member(exchange.body, "totalResults");
    const isTotal = typeof totalResults === "number" && totalResults >= RESOURCES;
    expectThat(isTotal, `totalResults must be at least ${RESOURCES}, and is ${show(totalResults)}`, exchange);
    if (typeof totalResults === "number") total = totalResults;
    const rows = member(exchange.body, "Resources");
    const isPage = Array.isArray(rows) && rows.length > 0 && rows.length <= PAGE;
    expectThat(isPage, `a page must have 1 to ${PAGE} resources`, exchange);
  }
}

const users: Test = (examinee, dialogue) => paginate(examinee, dialogue, "/Users");
const groups: Test = (examinee, dialogue) => paginate(examinee, dialogue, "/Groups");

export const PAGINATION_TESTS = { G31: users, G32: groups } as const;
