// What the product says of a user or group now, beside what Portico has told it: read once, where somebody asks for it.

import { type Me, may } from "../context.ts";
import type { Compared } from "../standing.ts";
import { TEXTS } from "../texts.ts";
import { Badge } from "./badge.tsx";
import { Card } from "./card.tsx";
import { Action } from "./form.tsx";
import { type Column, Table } from "./table.tsx";
import { pathTo } from "./who.tsx";

const TEXT = TEXTS.standing.now;

/** Nothing before it was asked for. */
export const Comparison = ({ read }: { read: Compared | undefined }) =>
  read && (
    <Card title={TEXT.title} id="now">
      {read.isThere ? <Table caption={TEXT.title} columns={COLUMNS} rows={read.values} empty="" /> : <p>{TEXT.gone}</p>}
    </Card>
  );

const COLUMNS: readonly Column<Compared["values"][number]>[] = [
  { head: TEXT.columns.path, cell: ({ path }) => <code>{path}</code> },
  {
    head: TEXT.columns.value,
    cell: ({ value }) => (value === null ? <span class="quiet">{TEXT.nothing}</span> : value),
  },
  {
    head: TEXT.columns.told,
    cell: ({ isAsTold }) =>
      isAsTold === null ? (
        <span class="quiet">{TEXT.unknown}</span>
      ) : (
        <Badge tone={isAsTold ? "good" : "warn"}>{isAsTold ? TEXT.same : TEXT.other}</Badge>
      ),
  },
];

export const ComparisonForm = ({
  me,
  name,
  one,
}: {
  me: Me;
  name: string;
  one: { id: string; type: "User" | "Group" };
}) =>
  may(me, "compareRecord") && (
    <div class="decision">
      <span>{TEXT.says}</span>
      <Action me={me} action={`${pathTo(name, one)}#now`} label={TEXT.button} />
    </div>
  );
