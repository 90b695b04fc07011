// What waits for a person on a connection: alarms, and what is owed to the product.

import type * as z from "zod";
import type { pending } from "../../routes/owed-answers.ts";
import { Badge } from "../parts/badge.tsx";
import { Card } from "../parts/card.tsx";
import { Do } from "../parts/form.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { type Part, Who } from "../parts/who.tsx";
import { TEXTS } from "../texts.ts";

const NAMED = 10;

export const Alarms = ({ me, found, now }: Part) => {
  const open = found.alarms.filter(({ acknowledgedAt }) => acknowledgedAt === null);
  const { name } = found.connection;
  if (open.length === 0) return null;
  return (
    <Card title={TEXTS.alarms.title} id="alarms">
      {open.map(({ id, says, since, ids, count }) => (
        <div class="decision urgent">
          <div>
            <p>
              {says} <Time at={since} now={now} />
            </p>
            {ids.length > 0 && (
              <p class="quiet">
                {ids.slice(0, NAMED).map((one, at) => (
                  <>
                    {at > 0 && ", "}
                    <Who name={name} id={one} named={found.named} />
                  </>
                ))}
                {count > NAMED && ` ${TEXTS.alarms.more(count - NAMED)}`}
              </p>
            )}
          </div>
          <Do me={me} name={name} action="acknowledge" id={id} />
        </div>
      ))}
    </Card>
  );
};

type Thing = z.output<typeof pending>["owed"][number];

export const Owed = (part: Part) => {
  const { me, found } = part;
  const { name } = found.connection;
  const kinds = found.kinds.filter(({ kind, waiting, parked }) => kind !== "notice" && waiting + parked > 0);
  const parked = kinds.reduce((sum, kind) => sum + kind.parked, 0);
  return (
    <Card title={TEXTS.owed.title} id="owed">
      <p class="quiet">{kinds.length === 0 ? TEXTS.owed.nothing : TEXTS.owed.says}</p>
      {kinds.length > 0 && (
        <ul class="plain">
          {kinds.map(({ kind, waiting, failing, parked: stopped }) => (
            <li>
              <strong>{TEXTS.owed.kinds[kind]}</strong> {TEXTS.owed.counts(waiting, failing, stopped)}
            </li>
          ))}
        </ul>
      )}
      {kinds.length > 0 && (
        <Table
          caption={TEXTS.owed.title}
          columns={columnsOf(part)}
          rows={found.owed.filter(({ kind }) => kind !== "notice")}
          empty=""
        />
      )}
      {parked > 0 && (
        <div class="actions">
          <Do me={me} name={name} action="retryAll" tone="primary" />
          <Do me={me} name={name} action="dropAll" tone="danger">
            <label class="check">
              <input type="checkbox" name="sure" required />
              {TEXTS.owed.sure(parked)}
            </label>
          </Do>
        </div>
      )}
    </Card>
  );
};

const columnsOf = ({ me, found, now }: Part): Column<Thing>[] => {
  const { connection, named } = found;
  return [
    {
      head: TEXTS.owed.columns.what,
      cell: ({ kind, what, user, group }) => (
        <>
          {TEXTS.owed.kinds[kind]}: {what}{" "}
          {[user, group].map((id) => id !== null && <Who name={connection.name} id={id} named={named} />)}
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
    {
      head: TEXTS.decide,
      cell: ({ id }) => (
        <div class="actions">
          <Do me={me} name={connection.name} action="retry" id={id} />
          <Do me={me} name={connection.name} action="drop" id={id} />
        </div>
      ),
    },
  ];
};
