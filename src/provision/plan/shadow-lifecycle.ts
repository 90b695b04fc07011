// The shadow of a connection in plan mode: created when the mode begins, answering once its copy is whole, erased when
// the mode ends.

import { ScimError } from "../../scim/messages.ts";
import type { ConnectionRow } from "../../store/control.ts";
import { deleteFact, readFact, writeFact } from "../../store/facts.ts";
import type { Store } from "../../store/links.ts";
import { type Copy, readCopy, writeCopy } from "./shadow-copy.ts";

/** What a shadow object does for the connection's. */
export interface Shadow {
  becomeShadow(): Promise<void>;
  storeCopy(copy: Copy): Promise<void>;
  reload(connectionId: string): Promise<void>;
  erase(): Promise<void>;
}

/** How far the connection's object is with its shadow; without the fact there is none. */
const SHADOW = "shadow";
/** As stored; "casting": the shadow is being filled. */
type State = "casting" | "ready" | "ending";
/** In the shadow itself: that it has the whole copy. */
const WHOLE = "whole_shadow";
const RETRY_AFTER_SECONDS = 5;
/** In milliseconds: calls of one object in the last second count at the vendor against the other's first calls. */
const HANDOVER_MS = 1_050;

const stateOf = (store: Store) => readFact(store, SHADOW) as State | undefined;

/** Whether the shadow must be created or erased before it fits the mode. */
export function isShadowDue(store: Store, mode: ConnectionRow["mode"]): boolean {
  return stateOf(store) !== (mode === "plan" ? "ready" : undefined);
}

/**
 * From now on a shadow that belongs to a mode that has ended answers nothing, even if plan mode begins again at once.
 */
export function endShadow(store: Store, mode: ConnectionRow["mode"]): void {
  if (mode !== "plan" && stateOf(store) !== undefined) writeFact(store, SHADOW, "ending");
}

/**
 * Erases the shadow of a plan that has ended, or creates the one that the mode needs; one that is not whole begins
 * again.
 */
export async function updateShadow(
  store: Store,
  connectionId: string,
  mode: ConnectionRow["mode"],
  shadow: Shadow,
): Promise<void> {
  endShadow(store, mode);
  if (stateOf(store) === "ending") {
    await shadow.erase();
    await pauseForHandover();
    deleteFact(store, SHADOW);
  }
  if (!isShadowDue(store, mode)) return;
  writeFact(store, SHADOW, "casting");
  await shadow.becomeShadow();
  let after: string | undefined = "";
  while (after !== undefined) {
    const copy: Copy = readCopy(store, after);
    await shadow.storeCopy(copy);
    after = copy.next;
  }
  await shadow.reload(connectionId);
  await pauseForHandover();
  writeFact(store, SHADOW, "ready");
}

const pauseForHandover = () => new Promise((resolve) => setTimeout(resolve, HANDOVER_MS));

/** @throws ScimError 503 while the shadow is not whole: it would answer as if people were missing */
export function requireShadow(store: Store): void {
  if (stateOf(store) !== "ready") throw notNow("entering");
}

/** In the shadow: takes a part of the copy, or with the last one becomes whole. */
export function storePart(store: Store, copy: Copy): void {
  writeCopy(store, copy);
  if (copy.next === undefined) writeFact(store, WHOLE, "yes");
}

export const isWhole = (store: Store): boolean => readFact(store, WHOLE) !== undefined;

/** In the shadow. @throws ScimError 503 where its plan has ended, and while it is not whole */
export function requireWholeShadow(store: Store, mode: ConnectionRow["mode"]): void {
  if (mode !== "plan") throw notNow("leaving");
  if (!isWhole(store)) throw notNow("entering");
}

const notNow = (what: "entering" | "leaving") =>
  new ScimError(503, `this connection is ${what} plan mode; try again`, { retryAfterSeconds: RETRY_AFTER_SECONDS });
