// The secrets of webhooks and what they sign, as Standard Webhooks says (standardwebhooks.com); the published library signs.

import { Webhook } from "standardwebhooks";
import type { Door } from "../auth/door.ts";
import { isSealedAsNow, type KeyRing, seal, unseal } from "../auth/sealing.ts";
import { createId } from "../store/identifier.ts";
import {
  listWebhookSecrets,
  resealWebhookSecret,
  type SigningWebhook,
  type WebhookRow,
  type WebhookSecretRow,
} from "../store/webhooks.ts";

const SECRET_BYTES = 32;
const PREFIX = "whsec_";

type Receiver = Pick<WebhookRow, "id" | "url">;

/** The owner under which its secrets are sealed: no connection has such an id. */
const ownerOf = (webhookId: string) => `webhook ${webhookId}`;

/** A new secret, and the row that keeps it: sealed for the webhook's address, so that it signs for no other. */
export async function createSecret(
  ring: KeyRing,
  { id: webhookId, url }: Receiver,
  now: number,
): Promise<{ secret: string; row: WebhookSecretRow }> {
  const secret = `${PREFIX}${crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64()}`;
  const id = createId(now);
  const sealed = await seal(ring, ownerOf(webhookId), id, secret, url);
  return { secret, row: { id, webhookId, sealed, createdAt: now, endsAt: null } };
}

/**
 * The headers of a message, with a signature by each secret that signs now: after a rotation the one before signs beside it.
 * @throws SealingError
 */
export async function toSignedHeaders(
  ring: KeyRing,
  webhook: SigningWebhook,
  messageId: string,
  body: string,
  now: number,
): Promise<Record<string, string>> {
  const signing = webhook.secrets.filter(({ endsAt }) => endsAt === null || endsAt > now);
  const secrets = await Promise.all(
    signing.map(({ id, sealed }) => unseal(ring, ownerOf(webhook.id), id, sealed, webhook.url)),
  );
  const signatures = secrets.map((secret) => new Webhook(secret).sign(messageId, new Date(now), body));
  return {
    "webhook-id": messageId,
    "webhook-timestamp": String(Math.floor(now / 1_000)),
    "webhook-signature": signatures.join(" "),
  };
}

/** Seals every secret with the present master key, but for those whose own is gone. */
export async function resealWebhookSecrets({ control, ring: readRing }: Door): Promise<void> {
  const ring = readRing();
  for (const { id, webhookId, sealed, url } of await listWebhookSecrets(control)) {
    if (isSealedAsNow(ring, sealed)) continue;
    const text = await unseal(ring, ownerOf(webhookId), id, sealed, url).catch(() => undefined);
    if (text === undefined) continue;
    await resealWebhookSecret(control, id, await seal(ring, ownerOf(webhookId), id, text, url));
  }
}
