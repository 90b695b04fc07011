// One connection: how it is, and what a person can decide about it.

import type { Hono } from "hono";
import { ask } from "../ask.ts";
import { type ConsoleEnv, may } from "../context.ts";
import { Invites } from "../customer/invites.tsx";
import { Badge } from "../parts/badge.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { Find } from "../parts/find.tsx";
import { Action, CopyButton, Do } from "../parts/form.tsx";
import { Meter } from "../parts/meter.tsx";
import { show } from "../parts/page.tsx";
import { Time } from "../parts/time.tsx";
import { type Part, Who } from "../parts/who.tsx";
import { TEXTS } from "../texts.ts";
import { Brake } from "./brake.tsx";
import { Credentials } from "./credentials.tsx";
import { Alarms, Owed } from "./decisions.tsx";
import { GoLiveLink } from "./plan.tsx";

const TEXT = TEXTS.connection;
const SHOWN = "20";

export function connectionRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/c/:name", async (context) => {
    const name = context.req.param("name");
    const [found, { invites }] = await Promise.all([
      ask(context, "showOverview", { path: { name }, query: { limit: SHOWN } }),
      ask(context, "listInvites", { path: { name } }),
    ]);
    const part = { me: context.get("me"), found, now: Date.now() };
    // What waits for a person comes first.
    const isHeld = found.brake.heldSince !== null;
    return show(
      context,
      <>
        <h1>
          {name}{" "}
          <small>
            <a href={`/console/vendors/${found.connection.vendor}`}>{found.connection.vendor}</a>
          </small>
        </h1>
        <Find me={part.me} name={name} leadsTo="standing" />
        <Alarms {...part} />
        {isHeld && <Brake {...part} />}
        <Mode {...part} />
        {!isHeld && <Brake {...part} />}
        <Owed {...part} />
        <div class="cards">
          <Index {...part} />
          <SetUp {...part} />
          <People {...part} />
        </div>
        <Credentials {...part} />
        <Invites me={part.me} name={name} all={invites} now={part.now} />
      </>,
      { title: name, connection: name, tab: "overview" },
    );
  });
}

const MODES = ["paused", "plan", "live"] as const;

const Mode = ({ me, found }: Part) => {
  const { connection, plan, unfinished } = found;
  const { name, mode, state } = connection;
  return (
    <Card title={TEXT.mode.title} id="mode">
      {state === "suspended" && <p>{TEXT.mode.suspended}</p>}
      {unfinished.fence === "draining" && <p>{TEXT.mode.draining(unfinished.underWay)}</p>}
      <ol class="stepper">
        {MODES.map((step) => (
          <li aria-current={step === mode ? "step" : undefined}>
            <strong>{TEXTS.home.modes[step]}</strong>
            <span>{TEXT.mode.does[step]}</span>
            {step === mode ? (
              <Badge tone="good">{TEXT.mode.now}</Badge>
            ) : plan !== null && step === "live" ? (
              <GoLiveLink me={me} name={name} />
            ) : (
              <Do me={me} name={name} action="mode" label={TEXT.mode.to[step]}>
                <input type="hidden" name="mode" value={step} />
                {plan !== null && (
                  <label class="check">
                    <input type="checkbox" name="confirm" required />
                    {TEXT.mode.discard(plan.writes, plan.deactivations)}
                  </label>
                )}
              </Do>
            )}
          </li>
        ))}
      </ol>
      {plan !== null && (
        <p>
          {TEXTS.plan.says(plan.writes, plan.deactivations)} <a href={`/console/c/${name}/plan`}>{TEXTS.plan.look}</a>
        </p>
      )}
    </Card>
  );
};

const Index = ({ me, found, now }: Part) => (
  <Card title={TEXT.index.title} id="index">
    <Facts
      facts={found.sweeps.map(({ type, state, seen, total, completedAt }) => [
        TEXT.index.types[type],
        state === "running" ? (
          <>
            {TEXT.index.running(seen, total)}
            {total !== null && <Meter value={seen} max={total} label={TEXT.index.running(seen, total)} />}
          </>
        ) : completedAt === null ? (
          TEXT.index.waiting
        ) : (
          <>
            {TEXT.index.complete(seen)} <Time at={completedAt} now={now} />
          </>
        ),
      ])}
    />
    <h3>{TEXT.drift.title}</h3>
    {Object.keys(found.drift).length === 0 ? (
      <p class="quiet">{TEXT.drift.none}</p>
    ) : (
      <Facts facts={Object.entries(found.drift).map(([kind, n]) => [TEXT.drift.kinds[kind] ?? kind, String(n)])} />
    )}
    <Do me={me} name={found.connection.name} action="sweep" />
  </Card>
);

const SetUp = ({ found }: Part) => {
  const { tenantUrl, createdAt, purpose } = found.connection;
  return (
    <Card title={TEXT.setUp.title} id="set-up">
      <p>{TEXT.setUp.says}</p>
      <dl class="facts">
        <div>
          <dt>{TEXT.setUp.tenantUrl}</dt>
          <dd>
            <code>{tenantUrl}</code> <CopyButton text={tenantUrl} label={TEXT.setUp.copy} />
          </dd>
        </div>
        <div>
          <dt>{TEXT.setUp.token}</dt>
          <dd>{TEXT.setUp.tokenSays}</dd>
        </div>
        <div>
          <dt>{TEXT.setUp.purpose}</dt>
          <dd>{TEXT.setUp.purposes[purpose]}</dd>
        </div>
        <div>
          <dt>{TEXT.setUp.since}</dt>
          <dd>{createdAt.slice(0, 10)}</dd>
        </div>
      </dl>
    </Card>
  );
};

const People = ({ me, found, now }: Part) => {
  const { protection, unfinished, licences, heldGroups, kinds, connection, named } = found;
  const waiting = kinds.find(({ kind }) => kind === "licence")?.waiting ?? 0;
  const { users, groups, privileged, account } = protection;
  return (
    <Card title={TEXT.people.title} id="people">
      <Facts
        facts={[
          [TEXT.people.protected, namesOf([...users, ...groups]) || TEXT.people.nobody],
          [TEXT.people.privileged, TEXT.people.count(privileged.length)],
          account ? [TEXT.people.account, account.nativeId ?? account.id ?? ""] : undefined,
          licences === null ? undefined : [TEXT.people.licences, TEXT.people.licenceCount(licences, waiting)],
          connection.groups === "held"
            ? [TEXT.people.heldGroups, TEXT.people.heldCount(heldGroups.groups, heldGroups.memberships)]
            : undefined,
          [
            TEXT.people.inDoubt,
            unfinished.inDoubt.length === 0
              ? TEXT.people.nobody
              : unfinished.inDoubt.map(({ id, until }) => (
                  <p>
                    <Who name={connection.name} id={id} named={named} /> {TEXT.people.until}{" "}
                    <Time at={until} now={now} />
                  </p>
                )),
          ],
          [TEXT.people.openWrites, TEXT.people.count(unfinished.openWrites.length)],
        ]}
      />
      {licences !== null && may(me, "countLicences") && (
        <Action me={me} action={`/console/c/${connection.name}/licences`} label={TEXTS.licences.button} />
      )}
    </Card>
  );
};

const namesOf = (all: readonly { name: string; id: string | null; nativeId: string | null }[]) =>
  all.map(({ name, id, nativeId }) => ((id ?? nativeId) === null ? TEXT.people.notFound(name) : name)).join(", ");
