// What every real product has to be proved: how it is started, and how it is looked into behind the gateway.

/** A product that runs. */
export interface RealProduct {
  /** With its version. */
  title: string;
  url: string;
  /** What an operator enters for a connection to it. */
  settings: Record<string, unknown>;
  close(): Promise<void>;
}

/** What the product itself says of its users and groups, asked without the adapter. */
export interface Sight {
  users(): Promise<{ id: string; isActive: boolean }[]>;
  groups(): Promise<{ name: string }[]>;
}

/** One cycle of Entra, and what it has to leave. */
export interface Cycle {
  name: string;
  users: number;
  groups: number;
  /** `aadOptscim062020`. */
  flag: boolean;
  settings: Record<string, unknown>;
  profile: Record<string, unknown>;
  /** What a deletion leaves of a user. */
  leaves: "disabled" | "nothing";
}
