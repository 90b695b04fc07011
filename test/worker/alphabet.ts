// Users whose names stand in the order of the alphabet.

import { createUser, KEEPNET, open } from "../dialogues/dialogue.ts";

export const namesIn = (body: { Resources: { userName: string }[] }): string[] =>
  body.Resources.map((one) => one.userName);

/** A connection with users a, b, c, … in this order. */
export async function withUsers(count: number, profile = KEEPNET) {
  const gateway = await open(profile);
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const email = `${String.fromCharCode(97 + index)}@contoso.com`;
    ids.push(await createUser(gateway, email, { name: { givenName: `G${9 - index}`, familyName: `F${index % 2}` } }));
  }
  return { gateway, ids };
}
