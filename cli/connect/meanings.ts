// What refusals mean, and who acts: one row for each sentence that products' connections were seen to answer.

import type { Actor, Meaning } from "../../adapters/customer-facts.ts";
import { STANDING } from "./standing-meanings.ts";

export const ACTORS: Record<Actor, string> = {
  you: "you",
  vendor: "<product>",
  operator: "the operator of the gateway",
  nobody: "nobody; it is tried again",
};

const VALUES: readonly Meaning[] = [
  {
    detail: "<list> is required by <product> and must be <text>; <text>",
    means:
      "The user or group has no value for this attribute. Fill it in at its source, or map an attribute that is filled in.",
    who: "you",
  },
  {
    detail: "<list> are required by <product>; <text>",
    means: "Several attributes have no value. Fill them in at their source, or map attributes that are filled in.",
    who: "you",
    isAnywhere: true,
  },
  {
    detail: "<list> is required and cannot be cleared; map it to a source attribute that is never empty",
    means:
      "Entra wants to empty an attribute without which <product> does not go. Fill it in, or map another attribute.",
    who: "you",
  },
  {
    detail: "<list> may have at most <number> characters in <product>, and the value has <number>; <text>",
    means: "The value is too long for <product>. Shorten it at its source, or map an expression that shortens it.",
    who: "you",
  },
  {
    detail: "<list> must be <text> such as ada@example.com in <product>; <text>",
    means: "The value is no e-mail address. Map an attribute that holds one.",
    who: "you",
    isAnywhere: true,
  },
  {
    detail: "<attribute> must be <text>; <text>",
    means: "The value has another form than the attribute takes. Correct the value, or map another attribute.",
    who: "you",
    isAnywhere: true,
  },
  {
    detail:
      "<attribute> has the form of the values that this gateway gives to <product> where the identity provider sends none; <text>",
    means: "Such a value is the gateway's own. Map another attribute, or none.",
    who: "you",
  },
  {
    detail:
      "userName and <attribute> are one value in this product, but the request sets them to two different ones; <text>",
    means: "In <product> both are one value, and your mapping gives two. Map both from the same Entra attribute.",
    who: "you",
  },
  {
    detail: "<product> refused the value of <attribute><text>: it must be <text>; <text>",
    means: "<product> does not take this value. Correct it at its source, or map another attribute.",
    who: "you",
  },
  {
    detail: "<product> refused one of these values without saying which<text> <list>; <text>",
    means: "<product> does not take one of the values and does not say which. Compare them with a user whom it took.",
    who: "you",
  },
  {
    detail:
      "The product refused the request and does not say which of its attributes is to blame. Compare them with what the product accepts, and correct the mapping in the identity provider.",
    means: "As above, for a request about no single value.",
    who: "you",
  },
  {
    detail: "<attribute> names the user <id>, <text>",
    means:
      "The manager is no user of this connection. Take the manager into the scope, or leave it: the gateway sets it once they are there.",
    who: "you",
  },
  {
    detail: 'members: "<id>" is no user on this connection; provision that user first, or take them out of the group',
    means:
      "A member of the group was not provisioned, mostly because they are out of scope. Assign them, then wait for a cycle.",
    who: "you",
  },
];

const NAMES: readonly Meaning[] = [
  {
    detail: "<list> is taken: the user <id> on this connection has this name. <text>",
    means:
      "Another user whom Entra provisions has this name. Let Entra match that user, or change one of the two names.",
    who: "you",
  },
  {
    detail: "<list> is taken: the user <id> on this connection has this address. <text>",
    means: "Another user whom Entra provisions has this address. Change one of the two addresses.",
    who: "you",
    isAnywhere: true,
  },
  {
    detail:
      "displayName is taken: the gateway fills a group of this name by itself, as the settings of the connection say. Take the group out of the scope, or rename it.",
    means:
      "The operator has set that the gateway puts people into this group. Take your group of that name out of the scope.",
    who: "you",
    isAnywhere: true,
  },
  {
    detail:
      "this group is filled by the gateway itself, as the settings of the connection say; take it out of the scope",
    means: "The same, for a group that Entra has matched before. Take it out of the scope.",
    who: "you",
    isAnywhere: true,
  },
  {
    detail: "<list> is taken: the group <id> on this connection has this name. <text>",
    means: "Another group that Entra provisions has this name. Let Entra match that group, or rename one of the two.",
    who: "you",
  },
  {
    detail:
      "<list> is taken: the product has an account with it, and that account is not linked on this connection. <text>",
    means:
      "<product> has an account of this name that Entra has not matched yet. Provision the user again, so that Entra matches it, or rename or remove that account in <product>.",
    who: "you",
  },
  {
    detail: "<list> is taken: the product has a group with it, and that group is not linked on this connection. <text>",
    means:
      "<product> has a group of this name that Entra has not matched yet. Provision the group again, or rename or remove it in <product>.",
    who: "you",
  },
  {
    detail: "<list> is taken: <text>, and that <word> is not linked on this connection. <text>",
    means: "<product> holds the name and says why. Do what the sentence says.",
    who: "you",
  },
  {
    detail: "<list> is taken: the product still holds <text>",
    means:
      "The name belongs to somebody who has left. Rename or remove that account in <product>, then provision again.",
    who: "you",
    isAnywhere: true,
  },
  {
    detail:
      "The product refused the request because of something that it holds, and does not say what. Look at this user or group in the product, then send the request again.",
    means: "<product> has something that stands in the way, and does not say what. Look at this user or group there.",
    who: "you",
  },
];

const PARTS: readonly Meaning[] = [
  {
    detail: "the user does not exist on this connection",
    means: "The user was deleted. Entra creates them again where they are in scope.",
    who: "nobody",
  },
  {
    detail: "the group does not exist on this connection",
    means: "The group was deleted. Entra creates it again where it is in scope.",
    who: "nobody",
  },
  {
    detail: "The product no longer has this resource. Provision it again if it should exist.",
    means: "Somebody removed this user or group in <product>. Provision it again.",
    who: "you",
    isAnywhere: true,
  },
  {
    detail: "the product no longer has <text>; provision them again, or take them out of the group",
    means: "Members were removed in <product> without the gateway. Provision them again.",
    who: "you",
    isAnywhere: true,
  },
  {
    detail:
      "<text>: <product> refused the change<text>; look at <text> in <product>, correct what is in the way there, and send the request again",
    means: "<product> refused this step and gave no better reason. Look there, then provision again.",
    who: "you",
  },
  {
    detail: "<text> was not <text>: this <word> is protected on this connection. <text>",
    means:
      "The operator protects this account or group. Take it out of the scope, or ask the operator to change the list.",
    who: "operator",
  },
  {
    detail:
      "<text> was not <text>: the credential that the gateway uses in this product is this account's, so it is always protected. <text>",
    means: "The gateway itself works with this account. Take it out of the scope.",
    who: "you",
  },
  {
    detail:
      "this change needs <number> <word> licences and the product has <number> left; free or buy licences, then try again",
    means: "There are too few licences for this change, and nothing of it was done.",
    who: "you",
  },
  {
    detail:
      "this change needs <number> <word> licence and the product has <number> left; free or buy licences, then try again",
    means: "There is no licence left, and nothing of the change was done.",
    who: "you",
  },
  {
    detail: "<product> has no groups. Switch the group mapping off; only users are provisioned.",
    means: "The group mapping is switched on, and <product> has no groups. Switch it off.",
    who: "you",
  },
];

/** Of every product; a vendor's own stand in its folder. */
export const MEANINGS: readonly Meaning[] = [...VALUES, ...NAMES, ...PARTS];

/** All rows that a vendor's refusals may fit. */
export const rowsOf = (own: readonly Meaning[]): readonly Meaning[] => [...own, ...MEANINGS, ...STANDING];
