// What the console asks of a connection's object (RPC): each page in one call.

import { ConnectionAdministration } from "./connection-administration.ts";
import {
  type Activity,
  type ActivityQuery,
  countActivity,
  findNamed,
  findNames,
  listActivity,
  type Named,
} from "./store/activity.ts";
import { findTrace } from "./store/traces.ts";

export abstract class ConnectionInsight extends ConnectionAdministration {
  /** The latest requests, with the names of those whom they are about. */
  async listActivity(query: ActivityQuery): Promise<Activity> {
    this.traces.flush();
    return listActivity(this.store, query);
  }

  /** How many requests there are, up to the limit. */
  async countActivity(query: ActivityQuery): Promise<number> {
    this.traces.flush();
    return countActivity(this.store, query);
  }

  /** One request with its calls. */
  async findRequest(id: string): Promise<Activity["requests"][number] | undefined> {
    this.traces.flush();
    const trace = findTrace(this.store, id);
    if (!trace) return undefined;
    const { linkId } = trace;
    return { ...trace, link: linkId === null ? null : (findNames(this.store, [linkId]).get(linkId) ?? null) };
  }

  /** The users and groups whom a text can mean. */
  async findNamed(text: string, limit: number): Promise<Named[]> {
    return findNamed(this.store, text, limit);
  }
}
