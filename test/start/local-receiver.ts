// A receiver of webhooks on this machine, which verifies what it gets by the published library.

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

export interface LocalReceiver {
  url: string;
  /** What came and was signed with the secret; what was not ends the test. */
  verified(secret: string): { type: string; data: Record<string, unknown> }[];
  /** The status of further answers. */
  answer(status: number): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<LocalReceiver> {
  const messages: { headers: Record<string, string>; body: string }[] = [];
  let status = 204;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    messages.push({
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString("utf8"),
    });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hooks/some-secret-path`,
    verified: (secret) =>
      messages.map(
        ({ headers, body }) => new Webhook(secret).verify(body, headers) as ReturnType<LocalReceiver["verified"]>[0],
      ),
    answer(next) {
      status = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
