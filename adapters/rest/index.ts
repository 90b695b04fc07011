// Any product with a REST API, described by data that an operator attaches to a connection (basis: assumed, docs/rest.md).

import * as z from "zod";
import { type Adapter, Fault, secret } from "../../src/adapter.ts";
import { descriptionSchema } from "./description-schema.ts";
import { toAccount, toGroupOperations, toUserOperations } from "./operations.ts";
import { toRows } from "./record.ts";
import { toDeviations, toTransport } from "./transport.ts";

const settings = z.object({
  description: descriptionSchema.describe("the product's API as data (docs/rest.md)"),
  baseUrl: z.url().optional().describe("where each customer has an address of their own: instead of the description's"),
  credential: secret().describe("the key, token, password or client secret"),
  secondCredential: secret().optional().describe("for a product that wants two headers"),
});

/** What cannot be called, because only a description makes an adapter. */
function undescribed(): never {
  throw new Fault("unsupported", { detail: "The connection has no description of the product." });
}

/** What every described product has in common. */
const base: Adapter = {
  name: "rest",
  title: "Any REST API",
  docs: "docs/rest.md",
  checked: "2026-11-22",
  basis: "assumed",
  settings,
  connect: (given) => toTransport(settings.parse(given)),
  attributes: { User: [{ path: "userName", required: true }] },
  user: {
    id: undescribed,
    toScim: undescribed,
    list: undescribed,
    read: undescribed,
    create: undescribed,
    update: undescribed,
    remove: undescribed,
  },
  deviations: {},
};

const rest: Adapter = {
  ...base,
  specialise(given) {
    const description = descriptionSchema.parse(given.description);
    const { title, docs, checked, names, users, groups } = description;
    const group = toGroupOperations(description);
    const account = toAccount(description);
    return {
      ...base,
      title,
      docs,
      checked,
      attributes: {
        User: toRows(users.attributes, users.userNameIs),
        ...(groups ? { Group: toRows(groups.attributes) } : {}),
      },
      names,
      ...(users.userNameIs ? { userNameIs: users.userNameIs } : {}),
      user: toUserOperations(description),
      ...(group ? { group } : {}),
      ...(account ? { account } : {}),
      deviations: toDeviations(description),
    };
  },
};

export default rest;
