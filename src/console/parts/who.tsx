// What the parts of a connection's page are given, and somebody whom they name.

import type * as z from "zod";
import type { overview } from "../../routes/overview-answers.ts";
import type { Me } from "../context.ts";
import { TEXTS } from "../texts.ts";

export type Overview = z.output<typeof overview>;

export interface Part {
  me: Me;
  found: Overview;
  now: number;
}

/** A user or group, with a way to what happened to them. */
export const Who = ({ name, id, named }: { name: string; id: string; named: Overview["named"] }) => {
  const one = named.find((other) => other.id === id);
  return (
    <a href={`/console/c/${name}/activity?about=${id}`}>
      {one?.name ?? TEXTS.numbered(one?.type === "Group", id.slice(-6))}
    </a>
  );
};
