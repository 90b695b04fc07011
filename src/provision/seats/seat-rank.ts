// Which seat is more than another, and what a user would lose by a change.

import type { Seats } from "../../adapter.ts";
import type { LiveLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { hydrate } from "../resource/hydrate.ts";

/** From the seat that Portico gave a user to the one that the groups give now; `to: null` takes the seat back. */
export interface SeatChange {
  user: LiveLink;
  from: string | null;
  to: string | null;
}

/** A seat that the order does not name, such as no licence, ranks lowest. */
function rank(seats: Seats, seat: string | null): number {
  const at = seat === null ? -1 : seats.order.indexOf(seat);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

export function highest(seats: Seats, given: readonly (string | null)[]): string | null {
  return given.reduce<string | null>((best, seat) => (rank(seats, seat) < rank(seats, best) ? seat : best), null);
}

/** Whether a change leaves a user with less than Portico gave them. */
export const isLowered = (seats: Seats, { from, to }: SeatChange): boolean => rank(seats, to) > rank(seats, from);

/** Whether a change leaves a user with less than Portico gave or the vendor shows; costs a read. */
export async function lowersSeat(job: Job, { user, from, to }: SeatChange): Promise<boolean> {
  const { adapter, settings } = job.connection;
  const { seats } = adapter;
  const next = to ?? seats?.none?.(settings);
  if (!seats || next === undefined) return false;
  const native = (await hydrate(job, user))?.native;
  const held = native === undefined ? undefined : seats.held?.(native);
  return [from, held ?? null].some((seat) => rank(seats, next) > rank(seats, seat));
}
