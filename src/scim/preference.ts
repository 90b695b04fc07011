// The mark that follows the value which the vendor holds through a request, where it holds one of several [S49].

import { isJsonObject, own } from "./json.ts";
import type { Json } from "./schema.ts";

/** A sub-attribute that no client can send: the element has it while a request is applied, and nowhere else. */
export const HELD = "portico:held";

export const isMarked = (element: Json): boolean => isJsonObject(element) && own(element, HELD) === true;
