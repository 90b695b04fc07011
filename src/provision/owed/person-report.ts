// How a user stands, for the administrator who asks why they have access or not: read from the object's own tables, so that
// it costs no call to the product.

import { findDoubt } from "../../store/doubts.ts";
import { type Drift, listDriftsOf } from "../../store/drift.ts";
import type { Link } from "../../store/links.ts";
import { listGroupsOf } from "../../store/members.ts";
import { listOwedAbout } from "../../store/owed.ts";
import { findPeople } from "../../store/person.ts";
import { listTraces, type TraceRow } from "../../store/traces.ts";
import type { Job } from "../jobs/job.ts";
import { hasRows, type OwedStatus } from "../jobs/owed-kind.ts";
import { isProtected } from "../protection/protected-principals.ts";
import { type OwedReport, toStatus, withNames } from "./owed-status.ts";
import { KINDS } from "./register.ts";

const MAX_REQUESTS = 20;
const MAX_ROWS = 200;

/** Times are epoch milliseconds; what each part means stands with the answer that administrators get (`src/routes/user-answers.ts`). */
export interface PersonReport
  extends Pick<Link, "id" | "nativeId" | "externalId" | "isActive" | "createdAt" | "modifiedAt" | "deletedAt"> {
  state: Exclude<Link["state"], "own">;
  userName: string | null;
  leftAt: number | null;
  licence: string | null;
  isProtected: boolean;
  inDoubtUntil: number | null;
  groups: { id: string; name: string | null }[];
  owed: OwedReport["owed"];
  drift: Drift[];
  /** The newest. */
  requests: TraceRow[];
}

/** Of all whom a text can mean: a SCIM id, native id, externalId, userName or e-mail address. */
export function personReports(asking: Pick<Job, "connection">, text: string): PersonReport[] {
  return findPeople(asking.connection.store, text).map((link) => personReport(asking, link));
}

function personReport(asking: Pick<Job, "connection">, link: Link): PersonReport {
  const { store } = asking.connection;
  const { id, nativeId, externalId, isActive, createdAt, modifiedAt, deletedAt, state } = link;
  return {
    id,
    nativeId,
    externalId,
    isActive,
    createdAt,
    modifiedAt,
    deletedAt,
    // Only groups are Portico's own.
    state: state === "own" ? "live" : state,
    userName: link.name,
    leftAt: link.left?.at ?? null,
    licence: link.seat,
    isProtected: isProtected(asking, link),
    inDoubtUntil: findDoubt(store, id)?.endsAt ?? null,
    groups: listGroupsOf(store, id).map((group) => ({ id: group.id, name: group.name })),
    owed: owedOf(asking, id),
    drift: listDriftsOf(store, id, MAX_ROWS),
    requests: listTraces(store, MAX_REQUESTS, { linkId: id }),
  };
}

function owedOf(asking: Pick<Job, "connection">, id: string): OwedReport["owed"] {
  const { store } = asking.connection;
  const rows: OwedStatus[] = listOwedAbout(store, id, MAX_ROWS).map(toStatus);
  const others = KINDS.flatMap((kind) => (hasRows(kind) ? [] : kind.list(asking, Number.MAX_SAFE_INTEGER)));
  return withNames(store, [...rows, ...others.filter(({ user }) => user === id)]);
}
