// What refusals mean that every product's connection may give at any time: credentials, the operator's own measures, outages.

import type { Meaning } from "../../adapters/customer-facts.ts";

export const STANDING: readonly Meaning[] = [
  // ---- Who may come in ----
  {
    detail: "the request has no bearer token; enter the Secret Token of this connection",
    means: "Entra sent no credential.",
    who: "you",
  },
  {
    detail: "the token is unknown, revoked or expired; enter a new Secret Token for this connection",
    means: "The credential does not open the connection. The operator sees which one it was, and why; enter a new one.",
    who: "you",
  },
  {
    detail: "too many requests with a token that is refused; correct the Secret Token",
    means: "A wrong credential was shown many times. Correct it, then wait a minute.",
    who: "you",
  },
  {
    detail: "this credential may not <text>; ask the operator of the gateway for one with the scope “<word>”",
    means: "The credential was made for less than this, for example for users without groups.",
    who: "operator",
  },
  {
    detail: "the client is not known by these credentials",
    means: "The client identifier or the client secret is wrong, or the secret has ended. Enter both again.",
    who: "you",
  },
  {
    detail: "there is nothing here; SCIM lives under /scim/v2",
    means: "The Tenant URL is wrong. Copy it again: its path is `/scim/v2`, and nothing but the ending may follow.",
    who: "you",
  },
  {
    detail: "there is no such SCIM endpoint; the endpoints are /Users, /Groups, /Schemas and the like",
    means: "The Tenant URL is wrong behind `/scim`. Copy it again.",
    who: "you",
  },
  // ---- What the operator has decided ----
  {
    detail: "this connection is suspended; ask the operator of the gateway to activate it",
    means: "The operator has switched the connection off.",
    who: "operator",
  },
  {
    detail: "this connection is paused by its operator; provisioning goes on when it is resumed",
    means:
      "The operator has stopped provisioning for a while, for example while the product is maintained. Entra tries again.",
    who: "nobody",
  },
  {
    detail: "held by the brake: <text>",
    means:
      "The request belongs to more removals, renames or new users at once than the operator allows without a look. Nothing was changed. Tell the operator whether it is meant; if it is a mistake, correct the scope first.",
    who: "operator",
  },
  {
    detail: "held: <text>",
    means: "Two people seem to share this account. Tell the operator which of them should keep it.",
    who: "operator",
  },
  {
    detail:
      "this connection takes <number> requests in a second and <number> at once; send the request again in <number> s",
    means: "More requests came than the connection takes. Entra sends them again.",
    who: "nobody",
  },
  // ---- The gateway ----
  {
    detail: "the gateway could not finish the request; try again",
    means: "Something failed at the gateway. Entra tries again; if it lasts, give the operator the request number.",
    who: "operator",
  },
  {
    detail: "the gateway cannot open this connection's credentials; its operator must act",
    means: "A key is missing at the gateway.",
    who: "operator",
  },
  {
    detail: "the resource is busy with an earlier request; try again",
    means: "An earlier change of the same user or group is still under way. Entra tries again.",
    who: "nobody",
  },
  {
    detail: "this connection has stored as much as it may, and <text>",
    means: "The connection is full. People who leave are still disabled.",
    who: "operator",
  },
  // ---- The product is away ----
  {
    detail: "The product does not answer. The request can be sent again later; if this lasts, check its status page.",
    means: "<product> is down or out of reach. Entra tries again.",
    who: "vendor",
  },
  {
    detail: "The product broke the connection on <call>. Try again later.",
    means: "<product> ended the connection before it answered. Entra tries again.",
    who: "vendor",
  },
  {
    detail: "The product did not answer in time on <call>. Try again later.",
    means: "<product> was too slow. Entra tries again, and nothing is done twice.",
    who: "vendor",
  },
  {
    detail: "The product did not answer Portico's last calls, so it is left alone for a moment. Try again later.",
    means: "<product> has failed several times, and the gateway waits before it asks again. Entra tries again.",
    who: "vendor",
  },
  {
    detail: "The time for this request ran out before the product could be called. Try again.",
    means: "Too much was waiting for <product> at once. Entra tries again.",
    who: "nobody",
  },
  {
    detail: "The product allows no more requests at the moment. The request can be sent again after the stated time.",
    means: "<product> limits how fast it may be called. Entra waits and tries again.",
    who: "nobody",
  },
  {
    detail:
      "The product refused Portico's own credential. Renew it in the connection's settings; provisioning then goes on by itself.",
    means: "<product> does not accept the credential that the gateway uses there: it was revoked or has expired.",
    who: "operator",
  },
  {
    detail:
      "The product answers “not found” to a question that names no record. Check its address, or try again later.",
    means: "The address of <product> in the connection is wrong, or <product> is being maintained.",
    who: "operator",
  },
  {
    detail: "The product's answer to <call> <text>. Report this to the operator of Portico.",
    means: "<product> answered something that the gateway does not understand: its API may have changed.",
    who: "operator",
  },
  {
    detail:
      "The product answered in a way that Portico does not understand. Report this, with the request's id, to the operator of Portico.",
    means: "As above.",
    who: "operator",
  },
  // ---- What is not clear yet ----
  {
    detail: "the outcome of an earlier attempt is not visible at the product yet; try again",
    means:
      "The answer to an earlier attempt was lost, and the gateway looks first whether it took effect. Entra tries again.",
    who: "nobody",
  },
  {
    detail: "an earlier attempt <text>; try again",
    means: "The answer to an earlier attempt was lost. The gateway makes nobody twice: Entra tries again.",
    who: "nobody",
  },
  {
    detail: "an earlier request about <text>; try again",
    means: "An earlier request about this person may still take effect. Entra tries again.",
    who: "nobody",
  },
  {
    detail: "the product answers contradictory things about this record; try again later",
    means: "<product> says at one place that the record is there and at another that it is not. Entra tries again.",
    who: "vendor",
  },
  {
    detail: "the product does not show this user<text>; try again",
    means: "<product> does not show yet what was just written. Entra tries again.",
    who: "nobody",
  },
];
