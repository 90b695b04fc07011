// The server under examination and what every test needs of it.

import type { Client } from "../simulate/client.ts";
import type { Dialogue } from "./dialogue.ts";
import type { Discovered } from "./discovered.ts";
import type { Door } from "./doors.ts";
import type { Mapping } from "./mapping.ts";
import type { Subject } from "./values.ts";

export interface Examinee {
  mapping: Mapping;
  discovered: Discovered;
  /** Where SCIM is served. */
  baseAddress: string;
  fetch: typeof fetch;
  /** A client with another bearer than the exam's own. */
  clientWith(token: string): Client;
  /** Where access tokens are issued; absent where the operator named none. */
  secret: Door | undefined;
  federation: Door | undefined;
  /** A person or group whom nobody has met. */
  next(): Subject;
  /** A resource that the exam has made and takes away at its end. */
  made(path: string): void;
  /** It is gone already. */
  gone(path: string): void;
}

export type Test = (examinee: Examinee, dialogue: Dialogue) => Promise<void>;
