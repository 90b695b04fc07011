// How a user stands, for the administrator who asks why they have access or not.

import type { Link } from "../../store/links.ts";
import { listGroupsOf } from "../../store/members.ts";
import { findMeant } from "../../store/person.ts";
import { findDisabling } from "../../store/traces.ts";
import { isWaiting } from "../../store/waiting.ts";
import type { Job } from "../jobs/job.ts";
import { type LinkReport, linkReport } from "./link-report.ts";

export interface PersonReport extends LinkReport, Pick<Link, "isActive"> {
  userName: string | null;
  isWaiting: boolean;
  leftAt: number | null;
  wasTold: boolean;
  /** The last request that took the access away, where its trace is still there. */
  disabledBy: { id: string; at: number } | null;
  licence: string | null;
  groups: { id: string; name: string | null }[];
}

/** Of all whom a text can mean: a SCIM id, native id, externalId, userName or e-mail address. */
export function personReports(asking: Pick<Job, "connection">, text: string): PersonReport[] {
  return findMeant(asking.connection.store, "User", text).map((link) => personReport(asking, link));
}

function personReport(asking: Pick<Job, "connection">, link: Link): PersonReport {
  const { store } = asking.connection;
  return {
    ...linkReport(asking, link),
    isActive: link.isActive,
    isWaiting: isWaiting(link),
    userName: link.name,
    leftAt: link.left?.at ?? null,
    wasTold: link.left?.isTold === true,
    disabledBy: findDisabling(store, link.id) ?? null,
    licence: link.seat,
    groups: listGroupsOf(store, link.id).map((group) => ({ id: group.id, name: group.name })),
  };
}
