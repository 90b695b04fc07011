// What administrators see of one user or group alike, read from the object's own tables, so that it costs no call to the product.

import { type Held, listHeldAbout } from "../../store/brake-holds.ts";
import { findDoubt } from "../../store/doubts.ts";
import { type Drift, listDriftsOf } from "../../store/drift.ts";
import type { Link } from "../../store/links.ts";
import { findNamesOf, type Named } from "../../store/members.ts";
import { listOwedAbout } from "../../store/owed.ts";
import { listTraces, type TraceRow } from "../../store/traces.ts";
import type { Job } from "../jobs/job.ts";
import { hasRows, type OwedStatus } from "../jobs/owed-kind.ts";
import { isProtected } from "../protection/protected-principals.ts";
import { type OwedReport, toStatus, withNames } from "./owed-status.ts";
import { KINDS } from "./register.ts";

const MAX_REQUESTS = 20;
const MAX_ROWS = 200;

/** Times are epoch milliseconds; what each part means stands with the answer that administrators get (`src/routes/user-answers.ts`). */
export interface LinkReport
  extends Pick<Link, "id" | "nativeId" | "externalId" | "createdAt" | "modifiedAt" | "deletedAt"> {
  state: Exclude<Link["state"], "own">;
  isProtected: boolean;
  inDoubtUntil: number | null;
  held: Pick<Held, "kind" | "since" | "requestId">[];
  owed: OwedReport["owed"];
  drift: Drift[];
  /** Whom the differences name. */
  named: Named[];
  /** The newest. */
  requests: TraceRow[];
}

export function linkReport(asking: Pick<Job, "connection">, link: Link): LinkReport {
  const { store } = asking.connection;
  const { id, nativeId, externalId, createdAt, modifiedAt, deletedAt, state } = link;
  const drift = listDriftsOf(store, id, MAX_ROWS);
  return {
    id,
    nativeId,
    externalId,
    createdAt,
    modifiedAt,
    deletedAt,
    // Clients never see a group that is Portico's own.
    state: state === "own" ? "live" : state,
    isProtected: isProtected(asking, link),
    inDoubtUntil: findDoubt(store, id)?.endsAt ?? null,
    held: listHeldAbout(store, id).map(({ kind, since, requestId }) => ({ kind, since, requestId })),
    owed: owedOf(asking, id),
    drift,
    named: findNamesOf(
      store,
      drift.flatMap(({ linkId, otherId }) => [linkId, otherId]),
    ),
    requests: listTraces(store, MAX_REQUESTS, { linkId: id }),
  };
}

function owedOf(asking: Pick<Job, "connection">, id: string): OwedReport["owed"] {
  const { store } = asking.connection;
  const rows: OwedStatus[] = listOwedAbout(store, id, MAX_ROWS).map(toStatus);
  const others = KINDS.flatMap((kind) => (hasRows(kind) ? [] : kind.list(asking, Number.MAX_SAFE_INTEGER)));
  return withNames(store, [...rows, ...others.filter(({ user, group }) => user === id || group === id)]);
}
