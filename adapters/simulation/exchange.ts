// The two ends of a call through a simulator: the request as it is sent on, and the answer with its marker.

/** Stands in the `x-simulator` header of every answer; a build check proves that no deployed bundle contains it. */
export const SIMULATOR_MARKER = "portico-simulator";

export function mark(answer: Response): Response {
  const marked = new Response(answer.body, answer);
  marked.headers.set("x-simulator", SIMULATOR_MARKER);
  return marked;
}

const whenSent = new WeakMap<Response, () => void>();

/** `notice` is called when the answer has left the process, where the host announces that. */
export function noticeSent(answer: Response, notice: () => void): void {
  whenSent.set(answer, notice);
}

/** Tells the simulation that made `answer` that it has left the process. */
export function announceSent(answer: Response): void {
  whenSent.get(answer)?.();
}

/** The same request to `url`, with the body that was read from it. */
export function readdress(request: Request, url: URL | string, text: string): Request {
  const isBodiless = request.method === "GET" || request.method === "HEAD";
  return new Request(url, { method: request.method, headers: request.headers, ...(isBodiless ? {} : { body: text }) });
}
