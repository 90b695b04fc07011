// What there is to know of a group alone: its members, and what they get.

import { Badge } from "../parts/badge.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { Pager } from "../parts/pager.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../parts/who.tsx";
import type { Group } from "../standing.ts";
import { TEXTS } from "../texts.ts";

const TEXT = TEXTS.standing;

export const GroupFacts = ({ group, now }: { group: Group; now: number }) => (
  <Card title={TEXT.person.title} id="facts">
    <Facts
      facts={[
        [TEXT.members.title, group.membersLoaded ? TEXT.members.count(group.members.total) : TEXT.members.notLoaded],
        group.licence === null ? undefined : [TEXT.members.licence, group.licence],
        [TEXT.person.protected, group.isProtected ? TEXT.person.isProtected : TEXT.person.notProtected],
        group.inDoubtUntil === null ? undefined : [TEXT.person.inDoubt, <Time at={group.inDoubtUntil} now={now} />],
      ]}
    />
  </Card>
);

export const Members = ({ name, group, page, size }: { name: string; group: Group; page: number; size: number }) => {
  const { total, from, shown } = group.members;
  return (
    <Card title={TEXT.members.title} id="members">
      <Table caption={TEXT.members.title} columns={columnsOf(name)} rows={shown} empty={TEXT.members.none} />
      <Pager
        rows={shown}
        page={page}
        pages={Math.max(1, Math.ceil(total / size))}
        from={from + 1}
        total={total}
        path={pathTo(name, { id: group.id, type: "Group" })}
      />
    </Card>
  );
};

const columnsOf = (name: string): Column<Group["members"]["shown"][number]>[] => [
  {
    head: TEXT.members.name,
    cell: ({ id, name: called }) => (
      <a href={pathTo(name, { id, type: "User" })}>{called ?? TEXTS.numbered(false, id.slice(-6))}</a>
    ),
  },
  {
    head: TEXT.members.state,
    cell: ({ isActive }) => (
      <Badge tone={isActive ? "good" : "quiet"}>{isActive ? TEXT.members.enabled : TEXT.members.disabled}</Badge>
    ),
  },
];
