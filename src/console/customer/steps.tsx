// The way on which a customer's administrator connects their identity provider, with the values of their connection in it.

import { html, raw } from "hono/html";
import { Card } from "../parts/card.tsx";
import { CUSTOMER_TEXTS } from "./texts.ts";

/** By vendor: sections of its page for customers as HTML of ours, in which `{tenantUrl}` stands for the Tenant URL. */
export type SetUps = Readonly<Record<string, readonly { id: string; title: string; html: string }[]>>;

const TEXT = CUSTOMER_TEXTS.steps;

export const Steps = ({
  setUps,
  vendor,
  product,
  tenantUrl,
}: {
  setUps: SetUps;
  vendor: string;
  product: string;
  tenantUrl: string;
}) => {
  const steps = Object.hasOwn(setUps, vendor) ? (setUps[vendor] ?? []) : [];
  if (steps.length === 0) {
    return (
      <Card title={TEXT.generalTitle} id="steps">
        <ol>
          {TEXT.general(product).map((says) => (
            <li>{says}</li>
          ))}
        </ol>
      </Card>
    );
  }
  const url = String(html`${tenantUrl}`);
  return (
    <Card title={TEXT.title} id="steps">
      {steps.map(({ id, title, html: text }) => (
        <details class="step-of-set-up">
          <summary>{title}</summary>
          <div id={id} class="prose">
            {raw(text.replaceAll("{tenantUrl}", url))}
          </div>
        </details>
      ))}
    </Card>
  );
};
