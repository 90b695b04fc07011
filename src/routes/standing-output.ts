// How a user or group stands, and their requests, as administrators are shown them.

import { FAULT_KINDS } from "../adapter.ts";
import type { GroupReport } from "../provision/owed/group-report.ts";
import type { LinkReport } from "../provision/owed/link-report.ts";
import type { PersonReport } from "../provision/owed/person-report.ts";
import type { LinkType } from "../store/links.ts";
import type { Named } from "../store/members.ts";
import type { TraceRow } from "../store/traces.ts";
import { at, showDrift, showOwedThing, toDate } from "./api-output.ts";

/** Why the last call to the product failed; a call before it may have been repeated. */
const faultOf = ({ calls }: TraceRow) => FAULT_KINDS.find((kind) => kind === calls.at(-1)?.fault) ?? null;

/** A request with whom it was about, without its calls. */
export function showTold(request: TraceRow & { link: Named | null }) {
  const { calls: _, ...head } = request;
  return { ...head, at: toDate(request.at), fault: faultOf(request) };
}

function showStanding<Report extends LinkReport>(report: Report, type: LinkType, name: string | null) {
  const { held, owed, drift, named, requests, createdAt, modifiedAt, deletedAt, inDoubtUntil, ...rest } = report;
  const names = new Map(named.flatMap((one) => (one.name === null ? [] : [[one.id, one.name] as const])));
  const link: Named = { id: report.id, type, name };
  return {
    ...rest,
    held: held.map(({ since, ...one }) => ({ ...one, since: toDate(since) })),
    owed: owed.map(showOwedThing),
    drift: drift.map((one) => showDrift(one, names)),
    requests: requests.map((request) => showTold({ ...request, link })),
    createdAt: toDate(createdAt),
    modifiedAt: toDate(modifiedAt),
    deletedAt: at(deletedAt),
    inDoubtUntil: at(inDoubtUntil),
  };
}

export const showPerson = ({ leftAt, disabledBy, ...report }: PersonReport) => ({
  ...showStanding(report, "User", report.userName),
  leftAt: at(leftAt),
  disabledBy: disabledBy && { ...disabledBy, at: toDate(disabledBy.at) },
});

export const showGroup = (report: GroupReport) => showStanding(report, "Group", report.displayName);
