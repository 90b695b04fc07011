// The administrator API as the command line calls it: API key in, checked shapes out, RFC 9457 problems as one line.

import type { Command } from "commander";
import * as z from "zod";
import { problem } from "../src/routes/api-answers.ts";
import { DEFAULT_URL, type Demo, findDemo, parseAddress } from "./demo.ts";
import { CliFailure, causeOf, type Terminal, toPrintable } from "./terminal.ts";

/** Options that every command has. */
export interface GlobalOptions {
  url?: string;
  folder?: string;
  adminToken?: string;
  json?: true;
}

/** Milliseconds for one call; the API answers from its own stores. */
const TIMEOUT_MS = 30_000;
/** Milliseconds for an export, which may have many lines. */
const LONG_TIMEOUT_MS = 600_000;

/** Whatever stands between may refuse in other words. */
const refusal = z.object(problem.shape).partial();

export interface AdminApi {
  url: string;
  /** The local start's file, when `url` is that start. */
  demo: Demo | undefined;
  /**
   * Throws CliFailure for every answer that is not 2xx or not of the shape.
   * @param ifVersion makes the call fail where the connection has changed since that version
   */
  call<T>(method: string, path: string, shape: z.ZodType<unknown, T>, body?: unknown, ifVersion?: number): Promise<T>;
  /** A DELETE that answers nothing. */
  remove(path: string): Promise<void>;
  /** Sends a SCIM request so that this Portico shows what it cost at the product; another address gets no API key. */
  fetchShowingCosts: typeof fetch;
  /** The lines of a long answer. Throws CliFailure where it breaks off. */
  lines(path: string): AsyncIterable<string>;
}

/** A connection's place in the API. */
export const connectionPath = (name: string, ...below: string[]) =>
  `/connections/${[name, ...below].map(encodeURIComponent).join("/")}`;

/** A command's options, and the API that they lead to. */
export async function openFor<Options extends GlobalOptions = GlobalOptions>(
  command: Command,
  terminal: Terminal,
): Promise<{ options: Options; api: AdminApi }> {
  const options = command.optsWithGlobals<Options>();
  return { options, api: await openApi(options, terminal) };
}

/** Finds address and API key: option, environment, then the local start's file. */
export async function openApi(options: GlobalOptions, terminal: Terminal): Promise<AdminApi> {
  const found = await findDemo(terminal, options);
  const url = (options.url ?? found?.url ?? DEFAULT_URL).replace(/\/+$/, "");
  parseAddress(url, "--url");
  // The file's key belongs to the local start; another address must not get it.
  const demo = found?.url.replace(/\/+$/, "") === url ? found : undefined;
  const token = options.adminToken ?? demo?.adminToken;

  async function request(method: string, path: string, init: RequestInit): Promise<Response> {
    if (!token) {
      throw new CliFailure(`no API key for ${url}: set PORTICO_ADMIN_TOKEN, or run npm start first`);
    }
    const response = await send(terminal, `${url}/api${path}`, token, { ...init, method });
    if (response.ok) return response;
    throw new CliFailure(describeRefusal(method, path, response.status, parseJson(await response.text())));
  }

  return {
    url,
    demo,
    fetchShowingCosts(input, init) {
      const target = input instanceof Request ? input.url : String(input);
      if (!token || new URL(target).origin !== new URL(url).origin) return terminal.fetch(input, init);
      const headers = new Headers(init?.headers);
      headers.set("x-portico-administrator", token);
      return terminal.fetch(input, { ...init, headers });
    },
    async call(method, path, shape, body, ifVersion) {
      const response = await request(method, path, {
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(ifVersion === undefined ? {} : { "if-match": `"${ifVersion}"` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const answer = parseJson(await response.text());
      if (isOfShape(answer, shape)) return answer;
      throw new CliFailure(`${method} /api${path} answered ${response.status} in another shape than expected`);
    },
    async remove(path) {
      await request("DELETE", path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    },
    async *lines(path) {
      const response = await request("GET", path, { signal: AbortSignal.timeout(LONG_TIMEOUT_MS) });
      let rest = "";
      try {
        // Node's stream of a body can be iterated; the type of fetch does not say so.
        for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const lines = (rest + part).split("\n");
          rest = lines.pop() ?? "";
          yield* lines;
        }
      } catch (cause) {
        throw new CliFailure(`the answer of ${new URL(url).origin} broke off: ${causeOf(cause)}`, { cause });
      }
      if (rest !== "") yield rest;
    },
  };
}

/** A Portico that is newer than this command may tell more than the shape has. */
function isOfShape<T>(answer: unknown, shape: z.ZodType<unknown, T>): answer is T {
  const { error } = shape.safeParse(answer);
  return error === undefined || error.issues.every(({ code }) => code === "unrecognized_keys");
}

async function send(terminal: Terminal, url: string, token: string, init: RequestInit): Promise<Response> {
  try {
    return await terminal.fetch(url, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}`, accept: "application/json" },
      redirect: "error",
    });
  } catch (cause) {
    throw new CliFailure(`cannot reach ${new URL(url).origin}: ${causeOf(cause)}; is it running (npm start)?`, {
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describeRefusal(method: string, path: string, status: number, json: unknown): string {
  if (status === 401)
    return "the API key was refused (401): it is unknown, revoked or expired; check PORTICO_ADMIN_TOKEN or --admin-token";
  const said = refusal.safeParse(json);
  const reason = said.success ? (said.data.detail ?? said.data.title) : undefined;
  const fields = (said.success ? (said.data.errors ?? []) : []).map((one) => `\n  ${one.field}: ${one.message}`);
  const lines = `${method} /api${path} was refused (${status})${reason ? `: ${reason}` : ""}${fields.join("")}`;
  return lines.split("\n").map(toPrintable).join("\n");
}
