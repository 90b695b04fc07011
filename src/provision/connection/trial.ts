// Trying a connection's credentials: one read of users, and whose account it is where the product tells.

import { type Adapter, type Api, Fault, type FaultKind, type Pointer } from "../../adapter.ts";
import { FAULTS } from "../../upstream/faults.ts";

export interface Trial {
  /** The product let Portico read its users. */
  works: boolean;
  fault: FaultKind | null;
  /** What is wrong, or that nothing is. */
  says: string;
  /** Who must act; null: nobody. */
  acts: "customer" | "operator" | "vendor" | null;
  /** The user whose credential it is; null: the product does not tell. */
  account: { id: string | null; name: string | null } | null;
  /** The same as the product tells it. */
  pointer?: Pointer;
}

/** In a trial these are the operator's: nothing but the settings can be wrong. */
const WRONG_ADDRESS: readonly FaultKind[] = ["notFound", "protocol", "invalid", "unsupported"];

export async function tryVendor(adapter: Adapter, api: Api): Promise<Trial> {
  try {
    await adapter.user.list(api, undefined);
    const pointer = await askWhose(adapter, api);
    const account = pointer && (await describe(adapter, api, pointer));
    const whose = account ? ` as ${account.name ?? account.id}` : "";
    return {
      works: true,
      fault: null,
      says: `${adapter.title} answers and lets Portico read its users${whose}.`,
      acts: null,
      account: account ?? null,
      ...(pointer ? { pointer } : {}),
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return toFailure(adapter, error);
  }
}

/** A product that does not say whose credential it is lets Portico read its users all the same. */
async function askWhose(adapter: Adapter, api: Api): Promise<Pointer | undefined> {
  try {
    return await adapter.account?.(api);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

/** A product that does not show the account's own record tells its id at least. */
async function describe(adapter: Adapter, api: Api, pointer: Pointer): Promise<Trial["account"]> {
  if ("key" in pointer) return { id: null, name: pointer.key };
  const key = adapter.userNameIs ?? "userName";
  try {
    const name = adapter.user.toScim(await adapter.user.read(api, pointer.id))[key];
    return { id: pointer.id, name: typeof name === "string" ? name : null };
  } catch (error) {
    if (error instanceof Fault) return { id: pointer.id, name: null };
    throw error;
  }
}

function toFailure(adapter: Adapter, { kind, detail }: Fault): Trial {
  const failed = { works: false, fault: kind, account: null } as const;
  if (WRONG_ADDRESS.includes(kind)) {
    return {
      ...failed,
      acts: "operator",
      says: `At this address there is no API as ${adapter.title} has it (${kind}); correct the base URL and what belongs to it.`,
    };
  }
  const { who, sentence } = FAULTS[kind];
  return { ...failed, acts: who, says: detail ?? sentence };
}
