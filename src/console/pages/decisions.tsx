// What waits for a person on a connection: alarms, and what is owed to the product.

import { Card } from "../parts/card.tsx";
import { Do } from "../parts/form.tsx";
import { owedColumns } from "../parts/standing.tsx";
import { Table } from "../parts/table.tsx";
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
          columns={owedColumns(me, name, part.now)}
          rows={found.owed.filter(({ kind }) => kind !== "notice")}
          empty=""
        />
      )}
      {found.retry.calls > 0 && (
        <div class="decision">
          <span>{TEXTS.owed.estimate(found.retry.calls, found.retry.disables)}</span>
          <Do me={me} name={name} action="retryAll" tone="primary" />
        </div>
      )}
      {parked > 0 && (
        <Do me={me} name={name} action="dropAll" tone="danger">
          <label class="check">
            <input type="checkbox" name="sure" required />
            {TEXTS.owed.sure(parked)}
          </label>
        </Do>
      )}
    </Card>
  );
};
