// The search for a user or group: a name or an address is no part of an address of a page, so it comes in a form.

import { type Me, may } from "../context.ts";
import { TEXTS } from "../texts.ts";

/** Where one who was found is shown: the page about them, or the activity with a filter. */
export type FindFor = "standing" | "activity";

export const Find = ({ me, name, leadsTo }: { me: Me; name: string; leadsTo: FindFor }) =>
  may(me, "findNamed") && (
    <form method="post" action={`/console/c/${name}/find`} class="inline">
      <input type="hidden" name="secret" value={me.formSecret} />
      <input type="hidden" name="for" value={leadsTo} />
      <label class="unseen" for="find">
        {TEXTS.find.label}
      </label>
      <input
        id="find"
        type="search"
        name="text"
        required
        maxlength={320}
        placeholder={TEXTS.find.hint}
        autocomplete="off"
      />
      <button type="submit" class="outline">
        {TEXTS.find.button}
      </button>
    </form>
  );
