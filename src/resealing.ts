// The end of sealing one connection's secrets with another master key: told to the list of connections, where the status of a
// rotation is counted [S38].

import { keyIdOf, readKeyRing } from "./auth/sealing.ts";
import type { OpenConnection } from "./provision/connection/open-connection.ts";
import { toAccountMarks } from "./routes/connection-trial.ts";
import { findConnection, openControl, setAccountMarks } from "./store/control.ts";
import { countSealedOtherwise, setSealedBy } from "./store/sealed-values.ts";

/**
 * After the connection, and in plan mode its shadow, was opened: opening seals everything again that it reads.
 * @throws Error where a secret could not be stored, so that the job comes back
 */
export async function finishResealing(env: Env, connection: OpenConnection | undefined): Promise<void> {
  const control = openControl(env.CONTROL);
  const [current, previous] = readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS);
  const row = connection && (await findConnection(control, { id: connection.id }));
  if (!connection || !current || !row) return;
  const left = await countSealedOtherwise(control, row.id, current.id);
  if (left > 0) throw new Error("a secret could not be sealed again");
  const marks = row.accountMarks ?? [];
  if (marks.some((mark) => keyIdOf(mark) !== current.id)) {
    const { stored } = await toAccountMarks(env, connection.adapter, connection.settings, undefined);
    // What only a trial can tell stays comparable for as long as the key before is there.
    const former = marks.filter((mark) => keyIdOf(mark) === previous?.id);
    await setAccountMarks(control, row.id, [...stored, ...former]);
  }
  await setSealedBy(control, row.id, current.id);
}
