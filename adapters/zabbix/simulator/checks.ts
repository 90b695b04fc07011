// How the simulated Zabbix refuses: its errors, and its checks of parameters (seen on 6.0.14, 2026-11-29).

/** An error instead of an effect. */
export class Refusal extends Error {
  readonly code: number;
  constructor(data: string, code = -32602) {
    super(data);
    this.code = code;
  }
}

/** In these words Zabbix says that a record is not there, and that it may not be changed. */
export const missing = () => new Refusal("No permissions to referred object or it does not exist!", -32500);

export type Params = Record<string, unknown>;

/** One object or a list of them. */
export function toObjects(params: unknown): Params[] {
  const list = Array.isArray(params) ? params : [params];
  return list.map((one) => (typeof one === "object" && one !== null ? { ...one } : {}));
}

const wrong = (path: string, why: string) => new Refusal(`Invalid parameter "${path}": ${why}.`);

interface TextRule {
  required?: true;
  filled?: true;
  longest: number;
}

export function checkText(params: Params, at: number, name: string, { required, filled, longest }: TextRule): void {
  const value = params[name];
  const path = `/${at}/${name}`;
  if (value === undefined) {
    if (required) throw wrong(`/${at}`, `the parameter "${name}" is missing`);
    return;
  }
  if (typeof value !== "string") throw wrong(path, "a character string is expected");
  if (filled && value === "") throw wrong(path, "cannot be empty");
  if ([...value].length > longest) throw wrong(path, "value is too long");
}

export function checkId(params: Params, at: number, name: string): void {
  const value = params[name];
  if (value === undefined) throw wrong(`/${at}`, `the parameter "${name}" is missing`);
  if (!/^\d+$/.test(String(value))) throw wrong(`/${at}/${name}`, "a number is expected");
}

/** The ids of a method that takes nothing else. */
export function toIds(params: unknown): string[] {
  const ids = Array.isArray(params) ? params.map(String) : [];
  for (const [at, id] of ids.entries()) if (!/^\d+$/.test(id)) throw wrong(`/${at + 1}`, "a number is expected");
  return ids;
}

/** The ids under a name in a list of objects; undefined where there is no list. */
export function idsIn(params: Params, at: number, list: string, name: string): string[] | undefined {
  if (params[list] === undefined) return undefined;
  return toObjects(params[list]).map((one, row) => {
    const value = String(one[name]);
    if (!/^\d+$/.test(value)) throw wrong(`/${at}/${list}/${row + 1}/${name}`, "a number is expected");
    return value;
  });
}

export function requireFilled(params: Params, at: number, list: string, isRequired: boolean): void {
  const value = params[list];
  if (value === undefined) {
    if (isRequired) throw wrong(`/${at}`, `the parameter "${list}" is missing`);
    return;
  }
  if (Array.isArray(value) && value.length === 0) throw wrong(`/${at}/${list}`, "cannot be empty");
}

/** What PHP takes for an address, also behind a name. */
export function isAddress(text: string): boolean {
  const address = /.*<(.*[^>])>$/.exec(text)?.[1] ?? text;
  const [local = "", domain = ""] = [address.slice(0, address.lastIndexOf("@")), address.split("@").at(-1)];
  return (
    local.length <= 64 &&
    domain.length <= 253 &&
    /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(local) &&
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(domain)
  );
}
