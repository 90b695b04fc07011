// What Harbour's public documents promise to its customers, in words of ours.

import type { Source, Statement } from "../../../../adapters/customer-facts.ts";

export const sources = {
  developers: { title: "Harbour for developers", url: "https://harbour.example.com/developers", read: "2026-11-29" },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created",
    sources: ["developers"],
    isSupported: true,
    holds: [{ test: "a created user exists at the vendor, reads back by id, and is found" }],
  },
  {
    says: "Users are disabled, and come back",
    sources: ["developers"],
    isSupported: true,
    holds: [{ test: "active false disables at the vendor, keeps the person, and active true restores them" }],
  },
  {
    says: "Single sign-on",
    sources: ["developers"],
    isNotOffered: true,
    holds: [{ section: "docs/connect/harbour.md#good-to-know" }],
  },
];
