// What there is to know of a user and of a group alike.

import { type Me, may } from "../context.ts";
import type { Group, Person } from "../standing.ts";
import { TEXTS } from "../texts.ts";
import { Badge } from "./badge.tsx";
import { Card, Facts } from "./card.tsx";
import { Do } from "./form.tsx";
import { requestColumns } from "./requests.tsx";
import { type Column, Table } from "./table.tsx";
import { Time, toExact } from "./time.tsx";
import { pathTo } from "./who.tsx";

type Standing = Person | Group;
type Owed = Standing["owed"][number];
type Difference = Standing["drift"][number];

const TEXT = TEXTS.standing;

export const Link = ({ standing }: { standing: Standing }) => (
  <Card title={TEXT.link.title} id="link">
    <Facts
      facts={[
        [TEXT.link.id, <code>{standing.id}</code>],
        [
          TEXT.link.nativeId,
          standing.nativeId === null ? <span class="quiet">{TEXT.link.none}</span> : <code>{standing.nativeId}</code>,
        ],
        [TEXT.link.externalId, standing.externalId ?? <span class="quiet">{TEXT.link.none}</span>],
        [TEXT.link.created, toExact(standing.createdAt)],
        [TEXT.link.modified, toExact(standing.modifiedAt)],
        standing.deletedAt === null ? undefined : [TEXT.link.deleted, toExact(standing.deletedAt)],
      ]}
    />
  </Card>
);

/** Nothing where nothing is owed. */
export const OwedAbout = ({ me, name, owed, now }: { me: Me; name: string; owed: readonly Owed[]; now: number }) =>
  owed.length > 0 && (
    <Card title={TEXTS.owed.title} id="owed">
      <Table caption={TEXTS.owed.title} columns={owedColumns(me, name, now)} rows={owed} empty="" />
    </Card>
  );

export const owedColumns = (me: Me, name: string, now: number): Column<Owed>[] => [
  {
    head: TEXTS.owed.columns.what,
    cell: ({ kind, what, user, userName, group, groupName }) => (
      <>
        {TEXTS.owed.kinds[kind]}: {what}{" "}
        {user !== null && (
          <a href={pathTo(name, { id: user, type: "User" })}>{userName ?? TEXTS.numbered(false, user.slice(-6))}</a>
        )}{" "}
        {group !== null && (
          <a href={pathTo(name, { id: group, type: "Group" })}>{groupName ?? TEXTS.numbered(true, group.slice(-6))}</a>
        )}
      </>
    ),
  },
  { head: TEXTS.owed.columns.why, cell: ({ why }) => why },
  {
    head: TEXTS.owed.columns.next,
    cell: ({ isParked, nextAttemptAt }) =>
      isParked ? (
        <Badge tone="warn">{TEXTS.owed.parked}</Badge>
      ) : nextAttemptAt === null ? (
        TEXTS.owed.byRequest
      ) : (
        <Time at={nextAttemptAt} now={now} />
      ),
  },
  ...(may(me, "retryPending")
    ? [
        {
          head: TEXTS.decide,
          cell: ({ id }: Owed) => (
            <div class="actions">
              <Do me={me} name={name} action="retry" id={id} />
              <Do me={me} name={name} action="drop" id={id} />
            </div>
          ),
        },
      ]
    : []),
];

export const Differences = ({ name, drift, now }: { name: string; drift: readonly Difference[]; now: number }) =>
  drift.length > 0 && (
    <Card title={TEXTS.connection.drift.title} id="drift">
      <ul class="plain">
        {drift.map(({ kind, path, memberId, memberName, at, isRepaired }) => (
          <li>
            <strong>{TEXTS.connection.drift.kinds[kind] ?? kind}</strong> {path !== undefined && <code>{path}</code>}{" "}
            {memberId !== undefined && (
              <a href={pathTo(name, { id: memberId, type: "User" })}>
                {memberName ?? TEXTS.numbered(false, memberId.slice(-6))}
              </a>
            )}{" "}
            <Time at={at} now={now} /> {isRepaired && TEXT.repaired}
          </li>
        ))}
      </ul>
    </Card>
  );

export const Requests = ({
  name,
  id,
  requests,
  now,
}: {
  name: string;
  id: string;
  requests: Standing["requests"];
  now: number;
}) => (
  <Card title={TEXT.requests.title} id="requests">
    <Table
      caption={TEXT.requests.title}
      // Each is about the same one.
      columns={requestColumns(name, now).slice(0, -1)}
      rows={requests}
      empty={TEXT.requests.none}
      narrow="feed"
    />
    <p>
      <a href={`/console/c/${name}/activity?about=${id}`}>{TEXT.requests.all}</a>
    </p>
  </Card>
);
