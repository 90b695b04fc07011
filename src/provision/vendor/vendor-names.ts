// Which names are one to the vendor: it may tell fewer apart than Portico does, or more [S7].

import type { Adapter } from "../../adapter.ts";
import { foldCase } from "../../scim/text.ts";
import { toNameKey } from "../../store/link-names.ts";
import type { LinkType } from "../../store/links.ts";

type Vendor = Pick<Adapter, "names">;

/** What the vendor compares a name by. */
export function toVendorKey({ names }: Vendor, type: LinkType, name: string): string {
  const text = type === "Group" ? name.trim() : name;
  switch (names) {
    case "ascii":
      return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    case "accentless":
      return foldCase(foldCase(text).normalize("NFD").replace(/\p{M}/gu, ""));
    default:
      return foldCase(text);
  }
}

export const isOneToVendor = (vendor: Vendor, type: LinkType, left: string, right: string): boolean =>
  toVendorKey(vendor, type, left) === toVendorKey(vendor, type, right);

/** Whether a name that the vendor shows may be the name that it was given. */
export const isSameAtVendor = (vendor: Vendor, type: LinkType, shown: string, given: string): boolean =>
  toNameKey(type, shown) === toNameKey(type, given) || isOneToVendor(vendor, type, shown, given);

/** Whether only the vendor takes two names for one. */
export const isJoinedByVendor = (vendor: Vendor, type: LinkType, left: string, right: string): boolean =>
  toNameKey(type, left) !== toNameKey(type, right) && isOneToVendor(vendor, type, left, right);
