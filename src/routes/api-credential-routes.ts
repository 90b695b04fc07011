// The administrator's routes about who may come in.

import * as answers from "./api-credential-answers.ts";
import type { ApiRoute } from "./api-route.ts";
import * as shapes from "./credential-shapes.ts";

const NO_CREDENTIAL = "the connection has no such open credential";
const USED_LATELY = "it may have been used within the last two hours, and `force` is missing";

export const CREDENTIAL_ROUTES = {
  createToken: {
    method: "POST",
    path: "/connections/:name/tokens",
    role: "operator",
    does: "Makes a Secret Token for an identity provider.",
    body: shapes.newToken,
    isBodyOptional: true,
    status: 201,
    answer: answers.createdToken,
  },
  listTokens: {
    method: "GET",
    path: "/connections/:name/tokens",
    role: "reader",
    does: "Lists the tokens of a connection, revoked ones too; never the token itself.",
    status: 200,
    answer: answers.tokens,
  },
  revokeToken: {
    method: "DELETE",
    path: "/connections/:name/tokens/:id",
    role: "operator",
    does: "Revokes a token.",
    query: shapes.forceQuery,
    status: 204,
    refusals: { 404: "the connection has no such open token", 409: USED_LATELY },
  },
  createCredential: {
    method: "POST",
    path: "/connections/:name/credentials",
    role: "operator",
    isForCustomers: true,
    does: "Makes a credential for an identity provider, of any kind.",
    body: shapes.newCredential,
    status: 201,
    answer: answers.createdCredential,
    refusals: { 409: "a credential of another connection would recognise the same tokens" },
  },
  listCredentials: {
    method: "GET",
    path: "/connections/:name/credentials",
    role: "reader",
    does: "Lists the credentials of a connection, revoked ones too; never a secret.",
    status: 200,
    answer: answers.credentials,
  },
  rotateCredential: {
    method: "POST",
    path: "/connections/:name/credentials/:id/rotate",
    role: "operator",
    isForCustomers: true,
    does: "Makes another token or secret like this one; both work until one of them is revoked or ends.",
    status: 201,
    answer: answers.createdCredential,
    refusals: { 404: NO_CREDENTIAL, 409: "the credential holds no secret of ours: its keys change at their issuer" },
  },
  demoteCredential: {
    method: "POST",
    path: "/connections/:name/credentials/:id/demote",
    role: "operator",
    does: "Lets a credential read and nothing else, from now on.",
    status: 200,
    answer: answers.credential,
    refusals: { 404: NO_CREDENTIAL },
  },
  revokeCredential: {
    method: "DELETE",
    path: "/connections/:name/credentials/:id",
    role: "operator",
    isForCustomers: true,
    does: "Revokes a credential and the access tokens that it was exchanged for.",
    query: shapes.forceQuery,
    status: 204,
    refusals: { 404: NO_CREDENTIAL, 409: USED_LATELY },
  },
  revokeAllCredentials: {
    method: "DELETE",
    path: "/connections/:name/credentials",
    role: "owner",
    does: "Revokes every credential and every access token of a connection.",
    query: shapes.forceQuery,
    status: 200,
    answer: answers.revoked,
    refusals: { 409: USED_LATELY },
  },
  rotateSigningKey: {
    method: "POST",
    path: "/signing-keys/rotate",
    role: "owner",
    does: "Makes a new key for the signatures of access tokens; tokens of the key before it go on working.",
    query: shapes.forceQuery,
    status: 201,
    answer: answers.signingKey,
    refusals: { 409: "access tokens of the key before may still be in use, and `force` is missing" },
  },
} as const satisfies Record<string, ApiRoute>;
