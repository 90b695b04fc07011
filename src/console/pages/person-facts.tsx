// The answer to the question why a user has access or not, and what it is made of.

import { Card, Facts } from "../parts/card.tsx";
import { Time, toExact } from "../parts/time.tsx";
import { pathTo } from "../parts/who.tsx";
import type { Person } from "../standing.ts";
import { TEXTS } from "../texts.ts";

const TEXT = TEXTS.standing.person;
const NAMED = 3;

type Answer = keyof typeof TEXT.answers;

/** The first that is true. */
const ANSWERS: readonly [Answer, (person: Person) => boolean][] = [
  ["deleted", ({ state }) => state === "tombstone"],
  ["lost", ({ state }) => state === "lost"],
  ["waiting", ({ isWaiting }) => isWaiting],
  ["inDoubt", ({ inDoubtUntil }) => inDoubtUntil !== null],
  ["held", ({ held }) => held.some(({ kind }) => kind === "deactivation" || kind === "removal")],
  ["owedDisable", ({ owed }) => owed.some(({ kind }) => kind === "disable")],
  ["hasAccess", ({ isActive }) => isActive],
  ["told", ({ wasTold }) => wasTold],
  ["shown", () => true],
];

const answerOf = (person: Person): Answer => ANSWERS.find(([, fits]) => fits(person))?.[0] ?? "shown";

/** When what the answer says began. */
const sinceOf = (person: Person): string | null =>
  person.disabledBy?.at ?? person.deletedAt ?? person.leftAt ?? person.held[0]?.since ?? null;

/** Answers that a request has led to. */
const BY_REQUEST: readonly Answer[] = ["deleted", "held", "owedDisable", "told"];

export const PersonAnswer = ({ name, person, who }: { name: string; person: Person; who: string }) => {
  const answer = answerOf(person);
  const groups = person.groups.map((group) => group.name ?? TEXTS.numbered(true, group.id.slice(-6)));
  const held = person.held[0];
  const since = answer === "held" ? (held?.since ?? null) : sinceOf(person);
  const requestId = answer === "held" ? held?.requestId : person.disabledBy?.id;
  return (
    <p class="told" id="answer">
      {TEXT.answers[answer]({
        who,
        groups: groups.slice(0, NAMED),
        others: Math.max(0, groups.length - NAMED),
        licence: person.licence,
        since: since === null ? null : toExact(since),
      })}{" "}
      {requestId !== undefined && BY_REQUEST.includes(answer) && (
        <a href={`/console/c/${name}/activity/${requestId}`}>{TEXT.request}</a>
      )}
    </p>
  );
};

export const PersonFacts = ({ name, person, now }: { name: string; person: Person; now: number }) => {
  const { groups, licence, isProtected, inDoubtUntil, held } = person;
  return (
    <Card title={TEXT.title} id="facts">
      <Facts
        facts={[
          [
            TEXT.groups,
            groups.length === 0 ? (
              <span class="quiet">{TEXT.noGroups}</span>
            ) : (
              groups.map((group, at) => (
                <>
                  {at > 0 && ", "}
                  <a href={pathTo(name, { id: group.id, type: "Group" })}>
                    {group.name ?? TEXTS.numbered(true, group.id.slice(-6))}
                  </a>
                </>
              ))
            ),
          ],
          [TEXT.licence, licence ?? <span class="quiet">{TEXT.noLicence}</span>],
          [TEXT.protected, isProtected ? TEXT.isProtected : TEXT.notProtected],
          inDoubtUntil === null ? undefined : [TEXT.inDoubt, <Time at={inDoubtUntil} now={now} />],
          held.length === 0
            ? undefined
            : [
                TEXTS.home.columns.held,
                held.map(({ kind, since, requestId }) => (
                  <p>
                    <a href={`/console/c/${name}/activity/${requestId}`}>{TEXTS.brake.kinds[kind]}</a>{" "}
                    <Time at={since} now={now} />
                  </p>
                )),
              ],
        ]}
      />
    </Card>
  );
};
