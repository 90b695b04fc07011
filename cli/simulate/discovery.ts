// Test connection and discovery [E1] [E22]: whether the server is there and what it holds.

import * as z from "zod";
import { CliFailure } from "../terminal.ts";
import { detailOf } from "./client.ts";
import { type Conversation, quote } from "./conversation.ts";
import { createPeople, ENTERPRISE, type Person } from "./people.ts";
import { findHeld, flattenSchemas, member, schemaList } from "./schema.ts";

/** Seconds that an index may take to be built before the first match [S27]. */
const INDEX_PATIENCE_SECONDS = 120;

const resourceTypes = z.looseObject({ Resources: z.array(z.looseObject({ endpoint: z.string() })) });

/**
 * The first request; a filter in it must find nobody [E1]. Gives the body of the answer. Throws CliFailure when nothing that
 * follows could make sense.
 */
export async function testConnection(
  conversation: Conversation,
  path: string,
  query: Record<string, string>,
  notFoundHint = "",
): Promise<unknown> {
  const answer = await conversation.ask("E1", "GET", path, [200], {
    query,
    flagInQuery: conversation.plan.flag,
    patienceSeconds: INDEX_PATIENCE_SECONDS,
  });
  if (answer.status === 0) throw new CliFailure(`cannot reach the server: ${answer.problem}`);
  if (answer.status !== 200) {
    const detail = detailOf(answer.body);
    const hint = answer.status === 404 ? notFoundHint : "";
    throw new CliFailure(`the test connection was answered ${answer.status}${detail ? `: ${detail}` : ""}${hint}`);
  }
  if (query.filter !== undefined && member(answer.body, "totalResults") !== 0) {
    conversation.ledger.deviate("E1", answer, "totalResults 0 for a random name", answer.body);
  }
  return answer.body;
}

/** [E22], then the people and groups of a tenant that fits what was discovered. */
export async function discover(conversation: Conversation): Promise<void> {
  const { ledger, plan } = conversation;
  const config = await conversation.ask("E22", "GET", "/ServiceProviderConfig", [200]);
  for (const feature of ["patch", "filter"]) {
    const supported = member(member(config.body, feature), "supported");
    if (config.status === 200 && supported !== true)
      ledger.deviate("E22", config, `${feature}.supported = true`, supported);
  }

  const types = await conversation.ask("E22", "GET", "/ResourceTypes", [200]);
  const endpoints = resourceTypes.safeParse(types.body).data?.Resources.map((each) => each.endpoint) ?? [];
  const hasEndpoint = (name: string) => endpoints.some((endpoint) => endpoint.endsWith(name));
  if (types.status === 200 && !hasEndpoint("/Users"))
    ledger.deviate("E22", types, "a resource type at /Users", endpoints);

  const schemas = await conversation.ask("E22", "GET", "/Schemas", [200]);
  const parsed = schemaList.safeParse(schemas.body);
  if (parsed.success) conversation.held = flattenSchemas(parsed.data.Resources);
  else if (schemas.status === 200) ledger.deviate("E22", schemas, "a list of schemas", z.prettifyError(parsed.error));
  if (parsed.success && holdsNull(schemas.body)) ledger.deviate("E22", schemas, "no null values", "null");
  if (parsed.success && !findHeld(conversation.held.user, "userName")) {
    ledger.deviate("E22", schemas, "userName in the User schema", [...conversation.held.user.keys()]);
  }
  const hasGroups = hasEndpoint("/Groups");
  if (parsed.success && hasGroups !== (conversation.held.group !== undefined)) {
    ledger.deviate("E22", schemas, `${hasGroups ? "a" : "no"} Group schema, as /ResourceTypes says`, !hasGroups);
  }
  if (!hasGroups) conversation.held.group = undefined;
  createTenant(conversation);
  if (!hasGroups) await checkAbsentGroups(conversation);
  else if (plan.groupCount === 0) conversation.notExercised.add("groups: none were asked for");
}

/** Adds people to the tenant who have no account yet. */
export function hirePeople(conversation: Conversation, count: number): Person[] {
  const { plan, held, people } = conversation;
  const { prefix, seed } = plan;
  const languages = findHeld(held.user, "preferredLanguage")?.canonicalValues ?? [];
  const hired = createPeople({ users: people.length + count, seed, prefix, languages }).slice(people.length);
  people.push(...hired);
  return hired;
}

function createTenant(conversation: Conversation): void {
  const { plan, held } = conversation;
  const { prefix } = plan;
  hirePeople(conversation, plan.userCount);
  if (!findHeld(held.user, `${ENTERPRISE}:manager.value`)) {
    conversation.notExercised.add("manager: not held, so only its acceptance was checked");
  }
  if (!held.group) return;
  const names = ["Sales & Ops", "Finance", "R&D (Köln)", "All Hands", "Nurses' Night Shift"];
  conversation.groups = Array.from({ length: plan.groupCount }, (_, index) => ({
    index,
    displayName: `${prefix} ${names[index % names.length]} ${index}`,
    externalId: `${prefix}-group-${index}`,
    members: new Set(),
  }));
}

// Where a product has no groups, the query for them still comes, and a 404 would quarantine Entra's job.
async function checkAbsentGroups(conversation: Conversation): Promise<void> {
  conversation.notExercised.add("groups: the server has no Group resource type");
  const filter = `displayName eq ${quote(`${conversation.plan.prefix} nobody`)}`;
  await conversation.match("E14", "/Groups", { excludedAttributes: "members", filter }, []);
}

function holdsNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === "object" && Object.values(value).some(holdsNull);
}
