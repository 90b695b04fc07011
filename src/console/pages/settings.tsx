// The settings of a connection: a form made from what the vendor's adapter asks for. A secret is never shown.

import type { Hono } from "hono";
import { INVALID } from "../../routes/problem-texts.ts";
import { ask, Refused } from "../ask.ts";
import { type ConsoleContext, type ConsoleEnv, may } from "../context.ts";
import { Action } from "../parts/form.tsx";
import { show } from "../parts/page.tsx";
import { SettingInput, SettingsShown } from "../parts/settings.tsx";
import type { Overview } from "../parts/who.tsx";
import { type Entered, PREFIX, readSettings, type SettingField, toText } from "../setting-values.ts";
import { TEXTS } from "../texts.ts";

const TEXT = TEXTS.settings;

export function settingsRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/c/:name/settings", async (context) => showSettings(context, await read(context)));
  app.post("/c/:name/settings", saveSettings);
}

interface Found {
  connection: Overview["connection"];
  fields: readonly SettingField[];
}

async function read(context: ConsoleContext): Promise<Found> {
  const path = { name: context.req.param("name") ?? "" };
  const { connection } = await ask(context, "showOverview", { path, query: { limit: "0" } });
  const { settings } = await ask(context, "showVendor", { path: { id: connection.vendor } });
  return { connection, fields: settings };
}

async function saveSettings(context: ConsoleContext): Promise<Response> {
  const { secret: _, version, untried, ...given } = await context.req.parseBody();
  const found = await read(context);
  const form = Object.fromEntries(Object.entries(given).map(([field, value]) => [field, String(value)]));
  const entered = readSettings(found.fields, form, found.connection.settings, TEXT.notJson);
  const name = found.connection.name;
  if (entered.errors.length > 0)
    return showSettings(context, found, { form, status: 400, why: TEXT.refused, ...entered });
  const body = { settings: entered.settings, test: untried === undefined };
  try {
    await ask(context, "changeConnection", { path: { name }, body, version: String(version) });
  } catch (error) {
    // Who may not is told so; what is wrong with a value stands beside it.
    if (!(error instanceof Refused) || error.status === 403 || error.status === 404) throw error;
    const { status, message, errors } = error;
    const why = message === INVALID ? TEXT.refused : message;
    return showSettings(context, found, { form, status, why, errors });
  }
  return context.redirect(`/console/c/${name}/settings?done=settings`, 303);
}

interface Refusal {
  errors: Readonly<Entered["errors"]>;
  /** What was sent. */
  form: Readonly<Record<string, string>>;
  status: number;
  why: string;
}

function showSettings(context: ConsoleContext, found: Found, refusal?: Refusal): Response | Promise<Response> {
  const { connection, fields } = found;
  const { name, settings, sealedSettings = [], version } = connection;
  const me = context.get("me");
  const errorOf = (field: string) =>
    refusal?.errors.find((one) => one.field === `settings.${field}` || one.field.startsWith(`settings.${field}.`))
      ?.message;
  const known = new Set(fields.map(({ field }) => `settings.${field}`));
  const others = refusal?.errors.filter(({ field }) => !known.has(field.split(".").slice(0, 2).join("."))) ?? [];
  return show(
    context,
    <section class="card narrow wide">
      <h1>{TEXT.title}</h1>
      <p class="quiet">{TEXT.says(connection.vendor)}</p>
      {refusal && (
        <div role="alert" data-variant="error">
          <p>{refusal.why}</p>
          {others.map(({ field, message }) => (
            <p>
              <code>{field}</code>: {message}
            </p>
          ))}
        </div>
      )}
      {may(me, "changeConnection") ? (
        <Action me={me} action={`/console/c/${name}/settings`} label={TEXT.save} tone="primary">
          <input type="hidden" name="version" value={String(version)} />
          {fields.map((field) => (
            <SettingInput
              field={field}
              name={`${PREFIX}${field.field}`}
              value={refusal ? (refusal.form[`${PREFIX}${field.field}`] ?? "") : toText(settings[field.field])}
              isStored={sealedSettings.includes(field.field)}
              error={errorOf(field.field)}
            />
          ))}
          <label class="check">
            <input type="checkbox" name="untried" />
            {TEXT.untried}
          </label>
        </Action>
      ) : (
        <SettingsShown fields={fields} settings={settings} sealed={sealedSettings} />
      )}
    </section>,
    {
      title: `${TEXT.title}, ${name}`,
      connection: name,
      tab: "settings",
      ...(refusal ? { status: refusal.status } : {}),
    },
  );
}
