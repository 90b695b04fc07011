// The custom fields that a company has defined, under the SCIM attributes that the connection's settings name ([N1.1] [N1.2],
// read 2026-11-22). Which of them rows of a search show is not published, so they count as not shown there.

import type { Adapter, Api, Values } from "../../src/adapter.ts";
import { type User, user } from "./records.ts";

/** The field's resourceId by the path of the SCIM attribute. */
type Fields = Readonly<Record<string, string>>;

/** A text in a body that the field's own data type may want in another form is refused by Keepnet, not made to fit. */
const DATA_TYPE = "String";

/** The adapter with an attribute for each custom field that the settings name. */
export function withCustomFields(base: Adapter, fields: Fields): Adapter {
  const paths = Object.keys(fields);
  if (paths.length === 0) return base;
  const taken = paths.find((path) => base.attributes.User.some((row) => row.path === path));
  if (taken !== undefined) throw new Error(`customFields: ${taken} is held by a field of Keepnet's own`);
  const [twice] = Object.values(fields).filter((id, at, all) => all.indexOf(id) !== at);
  if (twice !== undefined) throw new Error(`customFields: two attributes name the field ${twice}`);
  return {
    ...base,
    attributes: { ...base.attributes, User: [...base.attributes.User, ...paths.map((path) => ({ path }))] },
    user: {
      ...base.user,
      toScim: (native) => ({ ...base.user.toScim(native), ...toValues(user.parse(native), fields) }),
    },
  };
}

function toValues({ customFieldValues }: User, fields: Fields): Values {
  const values = new Map((customFieldValues ?? []).map(({ resourceId, value }) => [resourceId, value]));
  return Object.fromEntries(Object.entries(fields).map(([path, id]) => [path, values.get(id) ?? undefined]));
}

/** The fields of a body: those that are mapped as the values say, the others as the record has them. */
export function toCustomFields(
  { settings }: Pick<Api<{ customFields: Fields }>, "settings">,
  values: object,
  native?: User,
) {
  const mapped = new Map(Object.entries(settings.customFields).map(([path, id]) => [id, Reflect.get(values, path)]));
  if (mapped.size === 0) return {};
  const present = native?.customFieldValues ?? [];
  const others = present.filter(({ resourceId }) => !mapped.has(resourceId ?? ""));
  const own = [...mapped].flatMap(([resourceId, value]) => {
    if (typeof value !== "string" || value === "") return [];
    const before = present.find((one) => one.resourceId === resourceId);
    return [{ dataType: DATA_TYPE, ...before, resourceId, value }];
  });
  return { customFields: [...others, ...own] };
}
