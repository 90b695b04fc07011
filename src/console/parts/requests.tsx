// Rows of requests: a sentence for each, which leads to the request, and a way to whom it was about.

import { nameOf, type Told, toSentence } from "../outcomes.ts";
import { TEXTS } from "../texts.ts";
import { StatusBadge } from "./badge.tsx";
import type { Column } from "./table.tsx";
import { Time } from "./time.tsx";
import { pathTo } from "./who.tsx";

const TEXT = TEXTS.activity;

/** @param name the connection's */
export const requestColumns = (name: string, now: number): Column<Told>[] => [
  { head: TEXT.columns.when, cell: ({ at }) => <Time at={at} now={now} /> },
  {
    head: TEXT.columns.what,
    cell: (row) => (
      <a class="what" data-row href={`/console/c/${name}/activity/${row.id}`}>
        {toSentence(row)}
      </a>
    ),
  },
  { head: TEXT.columns.status, cell: ({ status }) => <StatusBadge status={status} /> },
  { head: TEXT.columns.calls, isNumber: true, cell: ({ nativeCalls }) => TEXT.calls(nativeCalls) },
  { head: TEXT.columns.ms, isNumber: true, cell: ({ ms }) => TEXT.took(ms) },
  {
    head: TEXT.columns.about,
    cell: (row) =>
      row.link && (
        <a href={pathTo(name, row.link)} aria-label={TEXT.aboutWho(row.link.type === "Group", nameOf(row))}>
          {TEXT.types[row.link.type]}
        </a>
      ),
  },
];
