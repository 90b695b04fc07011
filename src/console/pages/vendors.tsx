// The vendors of this deployment: what each adapter declares of its product.

import type { Hono } from "hono";
import type * as z from "zod";
import type { vendor, vendors } from "../../routes/vendor-answers.ts";
import { ask } from "../ask.ts";
import type { ConsoleEnv } from "../context.ts";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { show } from "../parts/page.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { TEXTS } from "../texts.ts";

type Listed = z.output<typeof vendors>["vendors"][number];
type Vendor = z.output<typeof vendor>;
type Attribute = Vendor["attributes"]["User"][number];

const TEXT = TEXTS.vendors;
const TONES: Record<Listed["basis"], Tone> = { verified: "good", published: "plan", assumed: "warn" };

export function vendorRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/vendors", async (context) => {
    const { vendors: all } = await ask(context, "listVendors");
    const rows = all.toSorted((left, right) => left.title.localeCompare(right.title));
    return show(
      context,
      <>
        <h1>{TEXT.title}</h1>
        <Table caption={TEXT.title} columns={LIST} rows={rows} empty={TEXT.none} />
      </>,
      { title: TEXT.title },
    );
  });

  app.get("/vendors/:id", async (context) => {
    const found = await ask(context, "showVendor", { path: { id: context.req.param("id") } });
    return show(
      context,
      <>
        <h1>
          {found.title} <Badge tone={TONES[found.basis]}>{found.basis}</Badge>
        </h1>
        <div class="cards">
          <Basis vendor={found} />
          <Abilities vendor={found} />
        </div>
        <Differences vendor={found} />
        {found.isDescribed && <p>{TEXT.described}</p>}
        {(["User", "Group"] as const).map((type) => (
          <Attributes type={type} rows={found.attributes[type]} />
        ))}
        <Card title={TEXT.settings.title} id="settings">
          <Table caption={TEXT.settings.title} columns={SETTINGS} rows={found.settings} empty={TEXT.none} />
        </Card>
      </>,
      { title: found.title },
    );
  });
}

/** A link where it is one; a contract that stands in this repository is a text. */
const Source = ({ text }: { text: string }) =>
  /^https:\/\/\S+$/.test(text) ? (
    <a href={text} rel="noreferrer">
      {text}
    </a>
  ) : (
    <span>{text}</span>
  );

const LIST: readonly Column<Listed>[] = [
  {
    head: TEXT.columns.vendor,
    cell: ({ name, title }) => (
      <a href={`/console/vendors/${name}`}>
        <strong>{title}</strong>
      </a>
    ),
  },
  { head: TEXT.columns.basis, cell: ({ basis }) => <Badge tone={TONES[basis]}>{basis}</Badge> },
  { head: TEXT.columns.source, cell: ({ docs }) => <Source text={docs} /> },
  { head: TEXT.columns.checked, cell: ({ checked }) => checked },
];

const Basis = ({ vendor: { basis, docs, checked } }: { vendor: Vendor }) => (
  <Card title={TEXT.columns.basis} id="basis">
    <p>{TEXT.basis[basis]}</p>
    <Facts
      facts={[
        [TEXT.columns.source, <Source text={docs} />],
        [TEXT.columns.checked, checked],
      ]}
    />
  </Card>
);

const Abilities = ({
  vendor: { removes, attributes, licences, tellsAccount, limits, isDescribed },
}: {
  vendor: Vendor;
}) => (
  <Card title={TEXT.abilities.title} id="abilities">
    <Facts
      facts={[
        isDescribed ? undefined : [TEXT.abilities.deletion, removes ? TEXT.abilities.removes : TEXT.abilities.disables],
        isDescribed
          ? undefined
          : [TEXT.abilities.groups, attributes.Group === null ? TEXT.abilities.noGroups : TEXT.abilities.hasGroups],
        licences === null ? undefined : [TEXT.abilities.licences, licences.join(", ")],
        [TEXT.abilities.account, tellsAccount ? TEXT.abilities.tells : TEXT.abilities.tellsNot],
        [TEXT.abilities.limits, limits === null ? TEXT.abilities.bySettings : <Limits limits={limits} />],
      ]}
    />
  </Card>
);

const Limits = ({ limits }: { limits: NonNullable<Vendor["limits"]> }) => {
  const known = Object.entries(limits).filter(([, most]) => most !== undefined);
  return known.length === 0 ? (
    <span class="quiet">{TEXT.abilities.noLimits}</span>
  ) : (
    <span>{known.map(([name, most]) => TEXT.limits[name as keyof typeof limits](most ?? 0)).join(", ")}</span>
  );
};

const Differences = ({ vendor: { shapes, deviations } }: { vendor: Vendor }) => (
  <Card title={TEXT.differences.title} id="deviations">
    {shapes.length + deviations.length === 0 && <p class="quiet">{TEXT.differences.none}</p>}
    <ul>
      {shapes.map(({ sentence }) => (
        <li>{sentence}</li>
      ))}
      {deviations.map(({ sentence, portico, source, checked }) => (
        <li>
          {sentence} {portico}{" "}
          <small class="quiet">
            <Source text={source} />, {checked}
          </small>
        </li>
      ))}
    </ul>
  </Card>
);

const Attributes = ({ type, rows }: { type: "User" | "Group"; rows: readonly Attribute[] | null }) =>
  rows !== null &&
  rows.length > 0 && (
    <Card title={TEXT.attributes[type]} id={`attributes-${type}`}>
      <Table caption={TEXT.attributes[type]} columns={ATTRIBUTES} rows={rows} empty="" />
    </Card>
  );

const ATTRIBUTES: readonly Column<Attribute>[] = [
  { head: TEXT.attributes.attribute, cell: ({ attribute }) => <code>{attribute}</code> },
  { head: TEXT.attributes.type, cell: ({ type }) => type },
  { head: TEXT.attributes.filterable, cell: ({ filterable }) => (filterable ? TEXT.yes : TEXT.no) },
  {
    head: TEXT.attributes.required,
    cell: ({ required, otherwise }) => (otherwise !== undefined ? TEXT.attributes.made : required ? TEXT.yes : TEXT.no),
  },
  { head: TEXT.attributes.change, cell: ({ immutable }) => (immutable ? TEXT.attributes.once : TEXT.yes) },
];

const SETTINGS: readonly Column<Vendor["settings"][number]>[] = [
  { head: TEXT.settings.field, cell: ({ field }) => <code>{field}</code> },
  {
    head: TEXT.settings.kind,
    cell: ({ kind, options, secret }) => (
      <>
        {options ? options.join(", ") : TEXT.settings.kinds[kind]}{" "}
        {secret && <Badge tone="quiet">{TEXT.settings.secret}</Badge>}
      </>
    ),
  },
  { head: TEXT.settings.optional, cell: ({ isOptional }) => (isOptional ? TEXT.no : TEXT.yes) },
  { head: TEXT.settings.says, cell: ({ says }) => says ?? "" },
];
