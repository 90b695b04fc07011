// Every text of the console: another language is another file of this shape.

const count = (n: number, one: string, many: string) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export const TEXTS = {
  language: "en",
  brand: "Portico",
  skip: "Skip to the content",
  navigation: "Pages",
  tabs: { overview: "Connection", activity: "Activity" },
  roles: { reader: "reader", operator: "operator", owner: "owner" },

  signIn: {
    title: "Sign in",
    key: "Administrator's key",
    keyHint: "An API key of Portico, which begins with portico_key_. You stay signed in for eight hours.",
    button: "Sign in",
    once: "This address signs you in once. Nothing has been used up yet.",
    goOn: "Go on",
    refused: "No open key is like this one. Look whether it was copied whole, and whether it was revoked or has ended.",
    usedLink:
      "This address does not sign in any more: it was used, or it is older than an hour. Ask for another one, or use a key.",
    oldForm:
      "This page is older than your sign-in, so nothing was done. Go back, load the page again and send it once more.",
  },
  signOut: { here: "Sign out", everywhere: "Sign out everywhere" },

  refused: {
    title: (status: number) => (status === 404 ? "Not found" : status === 403 ? "Not allowed" : "Not done"),
    nothingHere: "There is no such page.",
    unknown: "The console could not show this now. Try again; the log of the deployment says more.",
    back: "To the connections",
  },

  /** What was just done, by the code in the address. */
  done: {
    retried: "What was parked is tried again now.",
  },

  pager: {
    range: (from: number, to: number, of: number) => `${from}–${to} of ${of}`,
    previous: "Previous",
    next: "Next",
  },

  home: {
    title: "Connections",
    caption: "Every connection, and how it is",
    none: "There is no connection yet. “npm run portico -- connection create” makes one.",
    needsTitle: "What needs a person",
    nothing: "Nothing needs a person now.",
    more: (n: number) => `and ${count(n, "more thing", "more things")} further down the list`,
    columns: {
      name: "Connection",
      mode: "Mode",
      last: "Last request",
      day: "24 hours",
      held: "Held",
      alarms: "Alarms",
      owed: "Owed",
      credential: "Credential ends",
      index: "Index",
    },
    modes: { live: "live", plan: "plan", paused: "paused" },
    suspended: "suspended",
    exam: "exam",
    never: "none yet",
    unknown: "not told yet",
    noCredential: "none lets in",
    chart: (requests: number, failures: number) =>
      `${count(requests, "request", "requests")} in 24 hours, ${failures} of them failed`,
    counts: (requests: number, failures: number) =>
      failures === 0 ? requests.toLocaleString("en") : `${requests.toLocaleString("en")}, ${failures} failed`,
    owed: (owed: number, parked: number) => (parked === 0 ? `${owed}` : `${owed}, ${parked} parked`),
    indexing: {
      complete: "complete",
      waiting: "waits",
      running: (seen: number, total: number | null) =>
        total === null
          ? `${seen.toLocaleString("en")} read`
          : `${seen.toLocaleString("en")} of ${total.toLocaleString("en")}`,
    },
  },

  needs: {
    silent: (name: string, hours: number) =>
      `${name} has told nothing of itself for ${count(hours, "hour", "hours")}: its object may not work.`,
    held: (name: string, n: number) =>
      `The brake holds ${count(n, "request", "requests")} on ${name} until somebody decides.`,
    alarms: (name: string, n: number) => `${name} has ${count(n, "alarm", "alarms")} that nobody has looked at.`,
    parked: (name: string, n: number) =>
      `${count(n, "thing", "things")} that ${name} owes to its product ${n === 1 ? "is" : "are"} not tried any more.`,
    ending: (name: string, days: number) =>
      days < 1
        ? `The last credential that lets an identity provider in to ${name} ends today.`
        : `A credential of ${name} ends in ${count(days, "day", "days")}.`,
    noCredential: (name: string) => `No credential lets an identity provider in to ${name}.`,
    look: "Look and decide",
    show: "Show them",
    retry: "Try them again",
    renew: "Look at the credentials",
  },
} as const;
