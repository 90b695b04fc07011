// Commands to Commander's Service Mode: submitted, waited for, and read without trust ([N2.2], read 2026-11-22).

import * as z from "zod";
import { type Api, Fault, type FaultRule } from "../../src/adapter.ts";

const SUBMIT = "/api/v2/executecommand-async";
const RESULT = "/api/v2/result/{id}";
/** Poll policy of both vendor connectors [N2.2]: at once, then 500 ms, doubling to 5 s. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;
/** How often a command that waits for its turn looks at its deadline, in milliseconds. */
const TURN_MS = 1_000;
/** A result comes with the command's own status, so none of these says anything about the call. */
const OUTCOMES = [400, 403, 404, 409, 500, 504];

const NOT_PERMITTED =
  "The Service Mode key may not run this command. Its list must have enterprise-info, enterprise-user, enterprise-team and enterprise-down.";
/** What Service Mode says of itself, before any command runs. */
export const faults: readonly FaultRule[] = [
  { status: 401, fault: "unauthorized", detail: "Service Mode refuses the API key. It may have expired." },
  { status: 404, fault: "unavailable", detail: "There is no Service Mode at this address. Check the base URL." },
  // An answer that is no result comes from a proxy in front of Service Mode.
  ...[[400, 428] as const, [430, 499] as const].map(
    (status): FaultRule => ({ status, path: RESULT, fault: "unavailable" }),
  ),
  { status: 403, path: SUBMIT, fault: "unauthorized", detail: NOT_PERMITTED },
  // A refusal; a 503 from elsewhere leaves open whether the command was taken.
  {
    status: 503,
    path: SUBMIT,
    body: { at: "success", is: false },
    fault: "throttled",
    detail: "Commander's queue is full. Try again later.",
  },
];

const accepted = z.looseObject({ request_id: z.string().min(1) });
/** One line, or an array of them. */
const lines = z
  .unknown()
  .optional()
  .transform((text) => (Array.isArray(text) ? text : [text]).filter((one) => typeof one === "string"));
const result = z.looseObject({ message: lines, error: lines, data: z.unknown().optional() });

/** How a command ended. Only a read that follows tells what it did. */
export interface Outcome {
  /** What Service Mode guessed; a hint. */
  status: number;
  /** All lines that Commander wrote. */
  text: string;
  data: unknown;
}

/** Runs a command that only reads. */
export async function ask<T>(api: Api, command: string, row: z.ZodType<T>): Promise<T[]> {
  const outcome = await inTurn(api, () => submit(api, command, true));
  if (outcome.status !== 200 || outcome.data === undefined) throw unread(outcome);
  const rows = z.array(row).safeParse(readData(outcome.data));
  if (!rows.success) throw new Fault("protocol");
  return rows.data;
}

/** Runs a command that changes something. It has ended when this returns, but who knows how. */
export async function act(api: Api, command: string): Promise<Outcome> {
  return inTurn(api, () => submit(api, command, false));
}

/** Brings Commander's copy of the enterprise up to date with what others have changed; it changes nothing itself. */
export async function refresh(api: Api): Promise<void> {
  await inTurn(api, () => submit(api, "enterprise-down -f", true));
}

const session = z.looseObject({ user: z.string().min(1).optional() });

/**
 * The address that Commander is logged in with: `data.user` (service/util/parse_keeper_response.py and the vendor's
 * SailPoint connector, read 2026-11-22). Undefined where the key's list does not have the command.
 */
export async function whoAmI(api: Api): Promise<string | undefined> {
  let outcome: Outcome;
  try {
    outcome = await inTurn(api, () => submit(api, "whoami", true));
  } catch (error) {
    if (error instanceof Fault && error.detail === NOT_PERMITTED) return undefined;
    throw error;
  }
  const { success, data } = session.safeParse(readData(outcome.data));
  if (outcome.status !== 200 || !success) throw unread(outcome);
  return data.user;
}

/** Waits until an earlier command has ended or is forgotten. */
export async function finish(api: Api, id: string): Promise<void> {
  await inTurn(api, () => waitFor(api, id));
}

async function submit(api: Api, command: string, isRead: boolean): Promise<Outcome> {
  const { request_id } = await api.post(SUBMIT, { json: { command }, returns: accepted, safe: isRead });
  if (!isRead) api.submitted(request_id);
  return waitFor(api, request_id);
}

async function waitFor(api: Api, id: string): Promise<Outcome> {
  for (let pauseMs = 0; ; pauseMs = Math.min(MAX_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2))) {
    if (pauseMs > 0) await api.pause(pauseMs);
    try {
      const { status, body } = await api.send("GET", RESULT, { params: { id }, accept: OUTCOMES, returns: result });
      if (status !== 202) return { status, text: [...body.error, ...body.message].join("\n"), data: body.data };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { kind, detail, retryAfterSeconds } = error;
      // The command goes on, although its outcome cannot be asked for.
      if (kind !== "throttled") throw new Fault(kind, { detail, retryAfterSeconds, ambiguous: true, cause: error });
      if (retryAfterSeconds !== undefined) await api.pause(retryAfterSeconds * 1_000);
    }
  }
}

/** A list as `--format json` prints it: an array, or an array inside a string; nothing stands for no rows. */
function readData(data: unknown): unknown {
  if (data === null || data === "") return [];
  if (typeof data !== "string") return data;
  try {
    // 64-bit ids: a number would lose their last digits. Inside a JSON string every quote is escaped, so this is a key.
    return JSON.parse(data.replace(/("user_id"\s*:\s*)(\d+)/g, '$1"$2"'));
  } catch (cause) {
    throw new Fault("protocol", { cause });
  }
}

function unread({ status, text }: Outcome): Fault {
  if (status === 403) return notPermitted();
  if (/throttled/i.test(text)) return throttled();
  return new Fault("unavailable", { detail: "Keeper Commander could not read the enterprise. Look at its log." });
}

const notPermitted = () => new Fault("unauthorized", { detail: NOT_PERMITTED });
const throttled = () =>
  new Fault("throttled", { detail: "Keeper throttles Commander at present.", retryAfterSeconds: 60 });

/**
 * The fault behind a write that a read did not find done. The text is Commander's log, in which people's own names stand
 * too: it decides which sentence an administrator reads, never whether a write succeeded.
 */
export function toRefusal({ status, text }: Outcome, attribute: string): Fault {
  const invitation = /failed to invite user:(.*)/i.exec(text)?.[1];
  if (invitation !== undefined) return toInvitationRefusal(invitation, attribute);
  if (/no such user|is not found|could be resolved/i.test(text)) return new Fault("notFound");
  if (/has not accepted invitation/i.test(text)) return pending();
  if (/throttled/i.test(text)) return throttled();
  if (status === 403) return notPermitted();
  if (status === 504) return new Fault("unavailable", { detail: "The command waited too long in Commander's queue." });
  if (/RSA key|public key/i.test(text)) {
    return new Fault("invalid", {
      attribute,
      detail: "Keeper left out a member who has no encryption key yet. They must log in to Keeper once.",
    });
  }
  if (/already (exists|in use|taken)|already has|duplicate/i.test(text)) {
    return new Fault("conflict", { attribute, detail: "Keeper already has this address or name." });
  }
  if (status >= 400 && status !== 404) {
    return new Fault("invalid", { attribute, detail: "Keeper refused the change. Commander's log says why." });
  }
  return new Fault("unavailable", {
    detail: "Commander reported no error, but the change is not there. Try again.",
    retryAfterSeconds: 10,
    ambiguous: true,
  });
}

function toInvitationRefusal(reason: string, attribute: string): Fault {
  if (/seat|licen[cs]e|subscription|maximum number/i.test(reason)) return new Fault("noSeat");
  if (/exist|duplicate|already|taken|in use/i.test(reason)) {
    return new Fault("conflict", { attribute, detail: "This address belongs to another Keeper account." });
  }
  return new Fault("invalid", {
    attribute,
    detail: "Keeper refused to invite this address. Commander's log says why; a reserved domain is one reason.",
  });
}

export const pending = () =>
  new Fault("pending", { detail: "Keeper cannot lock a user who has not accepted the invitation yet." });

// ---- One command at a time ------------------------------------------------------------------------------------------

/** The last command of each connection, by its settings: the one object that all its Apis share. */
const lastTurns = new WeakMap<object, Promise<unknown>>();

/** Commander runs one command at a time; a second one would only spend the poll budget in its queue. */
async function inTurn<T>(api: Api, work: () => Promise<T>): Promise<T> {
  const before = lastTurns.get(api.settings) ?? Promise.resolve();
  const turn = Promise.withResolvers<void>();
  lastTurns.set(
    api.settings,
    before.then(() => turn.promise),
  );
  try {
    let isMine = false;
    const mine = before.then(() => {
      isMine = true;
    });
    await Promise.race([mine, Promise.resolve()]);
    while (!isMine) await Promise.race([mine, waitABit(api)]);
    return await work();
  } finally {
    turn.resolve();
  }
}

async function waitABit(api: Api): Promise<void> {
  try {
    await api.pause(TURN_MS);
  } catch {
    throw new Fault("unavailable", {
      detail: "Commander is still busy with earlier requests. Try again.",
      retryAfterSeconds: 10,
    });
  }
}
