// The administrator API as every run uses it: answered with success, or the run ends.

export type Administrator = <T = unknown>(method: string, path: string, body?: object) => Promise<T>;

/** @param url where Portico answers, without a trailing slash */
export function createAdministrator(url: string, token: string): Administrator {
  return async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    // The shape of its answers is held by its own tests.
    return (text === "" ? undefined : JSON.parse(text)) as T;
  };
}
