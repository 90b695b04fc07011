// What the attribute table of an exam connection asks of values: less than the product does [S62].

import type { AttributeRow } from "../../adapter.ts";
import type { Kind, Profile } from "./resource-types.ts";

/** No length refuses a value, and both spellings of a name must be given. */
export function toExamTable(rows: readonly AttributeRow[], twin: string | undefined): AttributeRow[] {
  return rows.map(({ maxLength: _, ...row }) =>
    twin !== undefined && (row.path === twin || row.path === "userName") ? { ...row, required: true } : row,
  );
}

/** What clients see: no text is refused for what an address or a list of values would be. */
export function toExamProfile({ User, Group, ...profile }: Profile): Profile {
  return { ...profile, User: toExamKind(User), ...(Group ? { Group: toExamKind(Group) } : {}) };
}

function toExamKind({ rows, type }: Kind): Kind {
  const open = (schema: Kind["type"]["schema"]) => ({
    ...schema,
    attributes: schema.attributes.map((one) => (one.canonicalValues ? { ...one, takesAny: true as const } : one)),
  });
  return {
    rows: rows.map(({ isAddress: _, ...row }) => row),
    type: {
      ...type,
      schema: open(type.schema),
      extensions: type.extensions.map(({ schema, required }) => ({ schema: open(schema), required })),
    },
  };
}
