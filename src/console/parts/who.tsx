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

/** The page about a user or group of a connection. */
export const pathTo = (name: string, { id, type }: { id: string; type: "User" | "Group" }) =>
  `/console/c/${name}/${type === "Group" ? "groups" : "people"}/${id}`;

/** A user or group, with a way to how they stand. */
export const Who = ({ name, id, named }: { name: string; id: string; named: Overview["named"] }) => {
  const one = named.find((other) => other.id === id);
  return (
    <a href={one ? pathTo(name, one) : `/console/c/${name}/activity?about=${id}`}>
      {one?.name ?? TEXTS.numbered(one?.type === "Group", id.slice(-6))}
    </a>
  );
};
