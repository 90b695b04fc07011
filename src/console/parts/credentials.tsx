// What the operator's page and the customer's show alike of credentials: one that was just made, the form for another, the columns.

import type * as z from "zod";
import type { createdCredential, credential } from "../../routes/api-credential-answers.ts";
import { TEXTS } from "../texts.ts";
import { Badge } from "./badge.tsx";
import { CopyButton } from "./form.tsx";
import type { Column } from "./table.tsx";
import { Time } from "./time.tsx";

const TEXT = TEXTS.credentials;

/** @param back the page on which credentials are listed */
export const Made = ({ back, made }: { back: string; made: z.output<typeof createdCredential> }) => (
  <section class="card narrow wide">
    <h1>{TEXT.made}</h1>
    <p>{TEXT.once}</p>
    <dl class="facts">
      {Object.entries({
        [TEXT.tenantUrl]: made.tenantUrl,
        ...(made.kind === "bearer" ? {} : { [TEXT.tokenUrl]: made.tokenUrl }),
        ...(made.clientId ? { [TEXT.clientId]: made.clientId } : {}),
        ...(made.secret ? { [made.kind === "bearer" ? TEXT.token : TEXT.clientSecret]: made.secret } : {}),
      }).map(([what, value]) => (
        <div>
          <dt>{what}</dt>
          <dd>
            <code>{value}</code> <CopyButton text={value} label={TEXTS.connection.setUp.copy} />
          </dd>
        </div>
      ))}
    </dl>
    <p>
      <a href={back}>{TEXT.back}</a>
    </p>
  </section>
);

/** What a new one is, within its form. */
export const NewCredential = () => (
  <>
    <label>
      {TEXT.kind}
      <select name="kind">
        <option value="bearer">{TEXT.kinds.bearer}</option>
        <option value="secret">{TEXT.kinds.secret}</option>
      </select>
    </label>
    <label>
      {TEXT.label}
      <input type="text" name="label" maxlength={100} />
    </label>
  </>
);

/** Within the form that revokes one: that it was used lately is known. */
export const AlthoughUsed = () => (
  <label class="check">
    <input type="checkbox" name="force" />
    {TEXT.force}
  </label>
);

type Listed = Pick<z.output<typeof credential>, "kind" | "label" | "hint" | "expiresAt" | "lastUsedAt">;

export const credentialColumns = (now: number): Record<"what" | "ends" | "used", Column<Listed>> => ({
  what: {
    head: TEXT.columns.what,
    cell: ({ kind, label, hint }) => (
      <>
        <strong>{label ?? TEXT.kinds[kind]}</strong>{" "}
        <small class="quiet">
          {TEXT.kinds[kind]} {hint !== null && `…${hint}`}
        </small>
      </>
    ),
  },
  ends: {
    head: TEXT.columns.ends,
    cell: ({ expiresAt }) =>
      Date.parse(expiresAt) < now ? <Badge tone="bad">{TEXT.ended}</Badge> : <Time at={expiresAt} now={now} />,
  },
  used: {
    head: TEXT.columns.used,
    cell: ({ lastUsedAt }) =>
      lastUsedAt === null ? <span class="quiet">{TEXT.never}</span> : <Time at={lastUsedAt} now={now} />,
  },
});
