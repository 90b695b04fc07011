// Bodies and queries in other encodings: read as they were meant, or refused; no name is stored in other letters [C22] [C23] [Q12].

import { describe, expect, it } from "vitest";
import { entraUser } from "../dialogues/dialogue.ts";
import { bearer, createGateway, type Gateway, request } from "./gateway.ts";

const VENDORS = ["keepnet", "rest"] as const;
const LATIN1 = "m\u00f6ller@contoso.com";

const toLatin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

async function zip(text: string, format: "gzip" | "deflate" = "gzip"): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const send = (gateway: Gateway, method: string, path: string, body: Uint8Array, headers: Record<string, string> = {}) =>
  request(method, `/scim/v2${path}`, {
    headers: { ...bearer(gateway.token), "content-type": "application/scim+json", ...headers },
    body,
  });

/** What the vendor holds, as one text. */
const heldBy = async (gateway: Gateway) => JSON.stringify((await gateway.vendor("GET", "/state")).body);

describe.each(VENDORS)("bodies, %s", (vendor) => {
  it("C23: a body that is not UTF-8 is 400 invalidSyntax on every verb, and nothing is written", async () => {
    const gateway = await createGateway(vendor);
    const { body: created } = await gateway.scim("POST", "/Users", entraUser({ email: "ada@contoso.com" }));
    const before = await heldBy(gateway);
    const user = toLatin1(JSON.stringify(entraUser({ email: LATIN1 })));
    const patch = toLatin1(
      JSON.stringify({ Operations: [{ op: "replace", path: "name.familyName", value: "M\u00f6ller" }] }),
    );
    const search = toLatin1(JSON.stringify({ filter: `userName eq "${LATIN1}"` }));
    for (const [method, path, body] of [
      ["POST", "/Users", user],
      ["PUT", `/Users/${created.id}`, user],
      ["PATCH", `/Users/${created.id}`, patch],
      ["POST", "/Users/.search", search],
      ["POST", "/.search", search],
    ] as const) {
      const answer = await send(gateway, method, path, body);
      expect(answer, `${method} ${path}`).toMatchObject({ status: 400, body: { scimType: "invalidSyntax" } });
      expect(answer.body.detail).toContain("UTF-8");
    }
    expect(await heldBy(gateway)).toBe(before);
  });

  it("C23: another charset is 415, UTF-8 in every spelling is taken", async () => {
    const gateway = await createGateway(vendor);
    const bytes = (email: string) => new TextEncoder().encode(JSON.stringify(entraUser({ email })));
    for (const charset of ["iso-8859-1", "utf-16", "windows-1252", '"latin1"']) {
      const type = `application/scim+json; charset=${charset}`;
      expect(await send(gateway, "POST", "/Users", bytes("ada@contoso.com"), { "content-type": type })).toMatchObject({
        status: 415,
      });
    }
    expect(await heldBy(gateway)).not.toContain("ada@contoso.com");
    for (const [index, charset] of ["utf-8", "UTF-8", '"utf-8"', "utf8", "us-ascii"].entries()) {
      const type = `application/json;charset=${charset}; version=1`;
      expect(
        await send(gateway, "POST", "/Users", bytes(`u${index}@contoso.com`), { "content-type": type }),
      ).toMatchObject({
        status: 201,
      });
    }
  });

  it("C23: gzip is read, another content coding is 415, broken or endless gzip is refused", async () => {
    const gateway = await createGateway(vendor);
    const text = JSON.stringify(entraUser({ email: "ada@contoso.com" }));
    const zipped = await zip(text);
    expect(
      await send(gateway, "POST", "/Users", await zip(text, "deflate"), { "content-encoding": "deflate" }),
    ).toMatchObject({
      status: 415,
    });
    expect(await send(gateway, "POST", "/Users", zipped.slice(0, 20), { "content-encoding": "gzip" })).toMatchObject({
      status: 400,
      body: { scimType: "invalidSyntax" },
    });
    expect(
      await send(gateway, "POST", "/Users", new TextEncoder().encode(text), { "content-encoding": "gzip" }),
    ).toMatchObject({
      status: 400,
      body: { scimType: "invalidSyntax" },
    });
    const bomb = await zip(`{"userName":"${"x".repeat(20 * 1_048_576)}"}`);
    expect(await send(gateway, "POST", "/Users", bomb, { "content-encoding": "gzip" })).toMatchObject({ status: 413 });
    expect(await heldBy(gateway)).not.toContain("ada@contoso.com");
    expect(await send(gateway, "POST", "/Users", zipped, { "content-encoding": "gzip" })).toMatchObject({
      status: 201,
    });
    expect(await heldBy(gateway)).toContain("ada@contoso.com");
  });
});

describe.each(VENDORS)("queries, %s", (vendor) => {
  it("C23: percent-encoded bytes that are no UTF-8 are 400 invalidSyntax and make no search", async () => {
    const gateway = await createGateway(vendor);
    await gateway.scim("POST", "/Users", entraUser({ email: "m\ufffdller@contoso.com" }));
    const filter = "filter=userName%20eq%20%22m%F6ller@contoso.com%22";
    for (const path of ["/Users", "/"]) {
      expect(await gateway.scim("GET", `${path}?${filter}`)).toMatchObject({
        status: 400,
        body: { scimType: "invalidSyntax" },
      });
    }
  });

  it("Q12 C51: a plus in a name is a plus where spaces are %20, and a space where they are pluses", async () => {
    const gateway = await createGateway(vendor);
    const { body: user } = await gateway.scim("POST", "/Users", entraUser({ email: "ann+crm@example.com" }));
    for (const filter of [
      "userName%20eq%20%22ann+crm@example.com%22",
      "userName%20eq%20%22ann%2Bcrm@example.com%22",
      "userName+eq+%22ann%2Bcrm%40example.com%22",
    ]) {
      for (const path of ["/Users", "/"]) {
        const { body } = await gateway.scim("GET", `${path}?filter=${filter}`);
        expect(
          body.Resources?.map((one: { id: string }) => one.id),
          `${path} ${filter}`,
        ).toEqual([user.id]);
      }
    }
    const { body } = await gateway.scim("GET", "/Users?filter=userName+eq+%22ann+crm%40example.com%22");
    expect(body.totalResults).toBe(0);
  });
});
