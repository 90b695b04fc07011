// The brake of one connection: what it has counted, what it holds, and the decisions that a person can take.

import { ACTIONS } from "../actions.ts";
import { may } from "../context.ts";
import { Badge } from "../parts/badge.tsx";
import { Card } from "../parts/card.tsx";
import { Do, NumberField } from "../parts/form.tsx";
import { Meter } from "../parts/meter.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import type { Overview, Part } from "../parts/who.tsx";
import { TEXTS } from "../texts.ts";

type Kind = Overview["brake"]["kinds"][number];

const TEXT = TEXTS.brake;
const MOST = 1_000_000;
const DAYS = 7;
const MOST_DAYS = 90;

export const Brake = ({ me, found, now }: Part) => {
  const { brake, connection } = found;
  const { name } = connection;
  const held = brake.kinds.filter(({ heldSince }) => heldSince !== null);
  return (
    <Card title={TEXT.title} id="brake">
      {brake.isHeldByHand && <p>{TEXT.byHand}</p>}
      {held.length === 0 && <p class="quiet">{TEXT.holdsNothing}</p>}
      {held.map((kind) => (
        <Held me={me} found={found} now={now} kind={kind} />
      ))}
      {brake.disables > 0 && (
        <div class="decision">
          <span>{TEXT.disables(brake.disables)}</span>
          <Do me={me} name={name} action="apply" tone="primary" />
        </div>
      )}
      <Table caption={TEXT.caption} columns={COLUMNS} rows={brake.kinds} empty="" narrow="meters" />
      {brake.releases.length > 0 && <h3>{TEXT.releases}</h3>}
      {brake.releases.map(({ id, kind, count, used, isExpected, until }) => (
        <div class="decision">
          <span>
            {TEXT.release(kind === null ? TEXT.oneThing : TEXT.kinds[kind], used, count, isExpected)}{" "}
            <Time at={until} now={now} />
          </span>
          <Do me={me} name={name} action="endRelease" id={id} />
        </div>
      ))}
      <div class="actions">
        <Do me={me} name={name} action={brake.isHeldByHand ? "endHold" : "hold"} />
        {may(me, ACTIONS.expect.route) && (
          <details>
            <summary>{TEXT.expect}</summary>
            <p class="quiet">{TEXT.expectSays}</p>
            <Do me={me} name={name} action="expect">
              <label>
                {TEXT.kind}
                <select name="kind">
                  {brake.kinds.map(({ kind }) => (
                    <option value={kind}>{TEXT.kinds[kind]}</option>
                  ))}
                </select>
              </label>
              <NumberField name="count" label={TEXT.count} value={100} max={MOST} />
              <NumberField name="days" label={TEXT.days} value={DAYS} max={MOST_DAYS} />
            </Do>
          </details>
        )}
      </div>
    </Card>
  );
};

/** What is held, and the release of as much as is held. */
const Held = ({ me, found, now, kind: { kind, requests, heldSince } }: Part & { kind: Kind }) => (
  <div class="decision urgent">
    <span>
      {TEXT.holds(TEXT.kinds[kind], requests)} {heldSince !== null && <Time at={heldSince} now={now} />}
    </span>
    {requests > 0 && (
      <Do me={me} name={found.connection.name} action="release" tone="primary">
        <input type="hidden" name="kind" value={kind} />
        <NumberField name="count" label={TEXT.count} value={requests} max={MOST} />
        <NumberField name="days" label={TEXT.days} value={DAYS} max={MOST_DAYS} />
      </Do>
    )}
  </div>
);

const COLUMNS: readonly Column<Kind>[] = [
  { head: TEXT.columns.kind, cell: ({ kind }) => TEXT.kinds[kind] },
  {
    head: TEXT.columns.meter,
    cell: ({ counted, limit, line }) => (
      <Meter value={counted} max={limit} label={TEXT.counted(counted, limit, line.minutes)} />
    ),
  },
  { head: TEXT.columns.counted, isNumber: true, cell: ({ counted, limit }) => TEXT.of(counted, limit) },
  { head: TEXT.columns.window, cell: ({ line }) => TEXT.window(line.minutes) },
  {
    head: TEXT.columns.state,
    cell: ({ heldSince, warnedSince, line }) =>
      heldSince !== null ? (
        <Badge tone="bad">{TEXT.states.holds}</Badge>
      ) : warnedSince !== null ? (
        <Badge tone="warn">{TEXT.states.warns}</Badge>
      ) : (
        <span class="quiet">{line.action === "warn" ? TEXT.states.onlyWarns : TEXT.states.quiet}</span>
      ),
  },
];
