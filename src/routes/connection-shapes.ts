// What administrators send of a connection, field by field.

import * as z from "zod";
import { BRAKE_KINDS } from "../store/safeguard-tables.ts";
import { toAllowedHost } from "../upstream/url.ts";

const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "lower-case letters, digits and hyphens, at most 63 characters")
  .describe("lower-case letters, digits and hyphens, at most 63 characters; unique");
const names = z.array(z.string().min(1).max(320)).max(1_000).default([]);
const brakeLine = {
  share: z.number().min(0).max(1).describe("more than this share of what there is"),
  count: z.int().min(1).max(1_000_000).describe("fewer are never held"),
  minutes: z.int().min(1).max(10_080).describe("the window in which they are counted"),
};
const purpose = z
  .enum(["live", "exam"])
  .describe(
    "`live`: a customer's account; `exam`: a simulator or a sandbox, on which Microsoft's gallery exam is taken: what the product refuses by its format is shown all the same, and the brake only warns. It cannot change afterwards",
  );
const choices = {
  mode: z
    .enum(["live", "plan", "paused"])
    .describe("`live` sends; `plan` answers as if and writes nothing; `paused` answers 503"),
  coupling: z
    .enum(["reject", "userName", "separate"])
    .describe(
      "where userName and e-mail are one value at the product and a client sends two: refused, the userName counts, or each stays its own",
    ),
  unmapped: z
    .enum(["ignore", "keep"])
    .describe("attributes that the product cannot hold: dropped, or kept on the link"),
  freshnessMinutes: z
    .int()
    .min(1)
    .max(43_200)
    .nullable()
    .describe("how long a complete sweep answers for the product; null: a day, or 60 where it cannot search"),
  drift: z.enum(["report", "repair"]).describe("what a sweep does with memberships and licences that differ"),
  driftActivated: z
    .enum(["repair", "report"])
    .describe(
      "what is done about a user who was disabled through the gateway and is active at the product again: disabled once more, at most once a day, or only reported",
    ),
  protected: z
    .strictObject({
      users: names.describe("userNames, e-mail addresses or native ids"),
      groups: names.describe("names or native ids"),
      managed: names
        .optional()
        .describe(
          "userNames, e-mail addresses or native ids of the product's administrators whom requests may change like all others; where the product shows who is one, each is protected otherwise",
        ),
    })
    .describe("whom and what no request may take away"),
  brake: z
    .strictObject({
      ...brakeLine,
      kinds: z
        .partialRecord(
          z.enum(BRAKE_KINDS),
          z.strictObject({ ...brakeLine, action: z.enum(["hold", "warn"]) }).partial(),
        )
        .optional()
        .describe(
          "the lines of single kinds, as far as they are others; `action`: whether the line holds or only warns",
        ),
    })
    .nullable()
    .describe(
      "where the lines of the brake are: `share`, `count` and `minutes` are those of users deactivated and users removed; null: the defaults",
    ),
  parking: z
    .enum(["on-demand", "never"])
    .describe(
      "whether the record of a user who left is renamed when a new user needs the same name; `never` refuses the new user",
    ),
  createInactive: z
    .enum(["later", "now"])
    .describe(
      "where the product invites each new user: a user who is created inactive gets an account and the invitation when they are activated (`later`) or at once (`now`)",
    ),
  groups: z
    .enum(["none", "held"])
    .describe(
      "where the product has no groups: there are `none`, or they are `held` by Portico alone and change nothing at the product; a product with groups of its own keeps those",
    ),
  profile: z
    .enum(["lenient", "strict"])
    .describe(
      "how closely clients must keep to the RFCs: `lenient` reads what known clients send; `strict` refuses what the RFCs do not foresee, as docs/strict.md lists, and needs a product that can delete",
    ),
  restoreWithinDays: z
    .int()
    .min(0)
    .max(3_650)
    .describe("for so many days a disabled user comes back with the groups and licences of then"),
  references: z
    .enum(["defer", "reject"])
    .describe(
      "what a manager who does not exist here yet does to a request with other values: `defer` does the rest and sets the manager later; `reject` refuses the request",
    ),
  retireAfterDays: z
    .int()
    .min(1)
    .max(3_650)
    .nullable()
    .describe("a user who is inactive for so many days is retired; null: never"),
  retire: z
    .enum(["release", "delete"])
    .describe("what retiring a user does: takes the licence back, or deletes the user as the connection deletes"),
  requestRate: z
    .strictObject({
      perSecond: z.int().min(1).max(10_000).describe("requests in a second"),
      burst: z.int().min(1).max(100_000).describe("requests at once, after a pause"),
    })
    .nullable()
    .describe("how many requests the connection takes; beyond that it answers 429; null: 50 in a second, 200 at once"),
  retention: z
    .strictObject({
      traceDays: z.int().min(1).max(365).describe("for how long traces are kept"),
      tombstoneDays: z.int().min(1).max(3_650).describe("for how long deleted people are known"),
    })
    .nullable()
    .describe("when traces and deleted people are forgotten; null: 30 and 90 days"),
};
const test = z
  .boolean()
  .describe(
    "whether the credentials are tried before they are stored: one read at the product, none where the connection is paused or suspended",
  );
const allowedHosts = z
  .array(
    z
      .string()
      .max(300)
      .transform((text, context) => {
        const host = toAllowedHost(text);
        if (host === undefined) context.addIssue("a host name, with :port where that is not 443");
        return host ?? "";
      }),
  )
  .max(20)
  .describe(
    "hosts, with `:port` where that is not 443, that `settings` may name although they look private, lead back to Portico or have another port",
  );
const settings = z.record(z.string(), z.unknown());

export const newConnection = z.strictObject({
  name,
  vendor: z.string().describe("a vendor's name, as `GET /api/vendors` lists it"),
  settings: settings.describe("what the vendor's adapter asks for; its secret fields are sealed and never shown"),
  purpose: purpose.default("live"),
  allowedHosts: allowedHosts.default([]),
  test: test.default(true),
  mode: choices.mode.default("live"),
  coupling: choices.coupling.default("reject"),
  unmapped: choices.unmapped.default("ignore"),
  freshnessMinutes: choices.freshnessMinutes.default(null),
  drift: choices.drift.default("report"),
  driftActivated: choices.driftActivated.default("repair"),
  protected: choices.protected.default({ users: [], groups: [] }),
  brake: choices.brake.default(null),
  parking: choices.parking.default("on-demand"),
  createInactive: choices.createInactive.default("later"),
  groups: choices.groups.default("none"),
  profile: choices.profile.default("lenient"),
  restoreWithinDays: choices.restoreWithinDays.default(30),
  references: choices.references.default("defer"),
  retireAfterDays: choices.retireAfterDays.default(null),
  retire: choices.retire.default("release"),
  requestRate: choices.requestRate.default(null),
  retention: choices.retention.default(null),
  jurisdiction: z
    .enum(["eu"])
    .nullable()
    .default(null)
    .describe("where the connection's object must live; null: anywhere"),
});
export const connectionChange = z
  .strictObject({
    name,
    settings: settings.describe("the fields that change; null takes an optional field or secret away"),
    state: z.enum(["active", "suspended"]).describe("a suspended connection answers 403"),
    now: z
      .boolean()
      .describe("with `mode` or `state`: requests that had begun are cut at their next call, and do not finish"),
    allowedHosts: allowedHosts.describe("as for a new connection; the list as it is from now on"),
    test: test.describe("of new settings, as for a new connection; true where absent"),
    ...choices,
    confirm: z
      .boolean()
      .describe(
        "true: the plan may be discarded, users may get another userName, and held groups may be deleted; needed to leave plan mode, `coupling: separate` or `groups: held`",
      ),
  })
  .partial();
