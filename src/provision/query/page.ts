// One page of a list, cut by bytes: fewer resources than were asked for, and never more than memory has room for [S26].

import { type Projection, wants } from "../../scim/projection.ts";
import { type Job, pause } from "../jobs/job.ts";
import type { Hydrated } from "../resource/hydrate.ts";
import { render } from "./render.ts";

/** Of JSON in UTF-8; one resource is shown whole, however large it is. */
export const MAX_PAGE_BYTES = 4_194_304;
/** Resources that are rendered at once; of groups fewer, because each may have thousands of members in it. */
const AT_ONCE = 5;
const GROUPS_AT_ONCE = 2;
/** After so much others get the processor. */
const BYTES_WITHOUT_PAUSE = 262_144;

const UTF8 = new TextEncoder();
/** In UTF-16: so much text is counted at once, so that counting it needs no copy of it. */
const COUNTED = 16_384;
const counted = new Uint8Array(COUNTED * 3);

/** In UTF-8. */
function lengthOf(text: string): number {
  return text.length > COUNTED ? UTF8.encode(text).byteLength : UTF8.encodeInto(text, counted).written;
}

export interface Page {
  /** As JSON. */
  resources: string[];
  bytes: number;
  /** The next resource has no room. */
  isFull: boolean;
}

export const createPage = (): Page => ({ resources: [], bytes: 0, isFull: false });

/** Puts resources on the page in their order, as far as there is room. */
export async function fillPage(
  job: Job,
  page: Page,
  hydrated: readonly Hydrated[],
  projection: Projection,
): Promise<void> {
  const atOnce = hydrated[0]?.link.type === "Group" && wants(projection, "members") ? GROUPS_AT_ONCE : AT_ONCE;
  for (let at = 0; at < hydrated.length && !page.isFull; at += atOnce) {
    const before = page.bytes;
    const some = await Promise.all(hydrated.slice(at, at + atOnce).map((one) => render(job, one, projection)));
    for (const resource of some) add(page, JSON.stringify(resource));
    if (page.bytes - before > BYTES_WITHOUT_PAUSE) await pause();
  }
}

function add(page: Page, text: string): void {
  const bytes = lengthOf(text);
  page.isFull ||= page.resources.length > 0 && page.bytes + bytes > MAX_PAGE_BYTES;
  if (page.isFull) return;
  page.resources.push(text);
  page.bytes += bytes;
}
