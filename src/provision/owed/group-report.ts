// How a group stands, for the administrator who asks who is in it and why.

import type { Link } from "../../store/links.ts";
import { countMembers, listMembersPage, type NamedMember } from "../../store/members.ts";
import { findMeant } from "../../store/person.ts";
import type { Job } from "../jobs/job.ts";
import { type LinkReport, linkReport } from "./link-report.ts";

export interface GroupReport extends LinkReport, Pick<Link, "membersLoaded"> {
  displayName: string | null;
  /** Its members get it. */
  licence: string | null;
  members: { total: number; from: number; shown: NamedMember[] };
}

/** The part of the members that is shown. */
export interface MembersPage {
  offset: number;
  limit: number;
}

/** Of all that a text can mean: a SCIM id, native id, externalId or displayName. */
export function groupReports(asking: Pick<Job, "connection">, text: string, page: MembersPage): GroupReport[] {
  const { store } = asking.connection;
  return findMeant(store, "Group", text).map((link) => ({
    ...linkReport(asking, link),
    displayName: link.name,
    licence: link.seat,
    membersLoaded: link.membersLoaded,
    members: { total: countMembers(store, link.id), from: page.offset, shown: listMembersPage(store, link.id, page) },
  }));
}
