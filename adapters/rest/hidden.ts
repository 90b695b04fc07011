// Which rows and records a description leaves out.

import { valueAt } from "./record.ts";

export type Except = readonly { field: string; is: string | number | boolean | null }[];

export const isExcepted = (row: unknown, except: Except | undefined): boolean =>
  (except ?? []).some(({ field, is }) => (valueAt(row, field) ?? null) === is);
