// What a vendor's folder says to customers: `customer.ts`, of which docs/connect/<vendor>.md, docs/promises.md and set-ups.ts are
// made. It is never in the Worker [S41], which has the last of them with the console.

/** A public document. */
export interface Source {
  title: string;
  url: string;
  /** ISO date on which it was read for this; absent where it is only linked to. */
  read?: string;
}

/** Where a statement holds: the name of a test or scenario, or a document's section as `docs/operate.md#limits`. */
export type Holding = { test: string } | { section: string };

/** What the vendor's documents promise to its customers, in words of ours. */
export interface Statement {
  says: string;
  /** Names among the customer's sources. */
  sources: readonly string[];
  /** Stands in the page's checklist. */
  isSupported?: true;
  /** True through Portico, and shown there; of what is not offered, the section that says so. */
  holds: readonly Holding[];
  isNotOffered?: true;
}

/** Who does something about a refusal; nobody has to where the same request is sent again. */
export type Actor = "you" | "vendor" | "operator" | "nobody";

/** What a refusal means. In `detail` stand `<attribute>`, `<number>`, `<id>`, `<product>`, `<list>` and `<text>` for what differs. */
export interface Meaning {
  detail: string;
  means: string;
  who: Actor;
  /** Any product's connection may say it, whether a run of the suite has met it or not. */
  isAnywhere?: true;
}

/** A part of the page that only this vendor has: Markdown, and the sources that it is from. */
interface Part {
  title: string;
  paragraphs: readonly string[];
  sources?: readonly string[];
}

/** A sentence with what it is from. */
export interface Fact {
  says: string;
  /** Names among the customer's sources. */
  sources?: readonly string[];
}

export interface Customer {
  sources: Readonly<Record<string, Source>>;
  statements: readonly Statement[];
  /** What is needed at the vendor: a contract, an account, a right. */
  needs: readonly Fact[];
  /** How the credential with which the gateway works at the product is made, step by step, for its operator. */
  credential: readonly Fact[];
  /** The vendor's entry in Microsoft's gallery: its name there, and what differs from the application of this page. */
  gallery: { entry: string; tutorial: string; differs: readonly Fact[] } | { entry?: undefined; none: Fact };
  /** What a person must do before they can use the account that was made for them. */
  afterwards?: readonly Fact[];
  /** What may be seen when the connection is tested for the first time. */
  firstTest?: readonly Fact[];
  /** Behind the mapping tables. */
  mapping?: readonly Part[];
  /** What the tables and declarations cannot say. */
  guide: readonly Fact[];
  /** The refusals whose words are this vendor's adapter's. */
  details: readonly Meaning[];
  /** The other refusals that a run of the suite has met, by the templates of their rows: `details.json`. */
  met: readonly string[];
}
