// Every text of the console: another language is another file of this shape.

const count = (n: number, one: string, many: string) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** What a sentence about a request knows of it. */
interface About {
  who: string;
  isGroup: boolean;
  paths?: string[] | undefined;
  joined?: number | undefined;
  left?: number | undefined;
  found?: number | undefined;
  notes: readonly string[];
}

/** Why a value was refused, as the trace has it: which rule of which attribute. */
export const reasonOf = (notes: readonly string[]): string | undefined =>
  notes.find((note) => note.startsWith(REFUSED))?.slice(REFUSED.length);
const REFUSED = "refused: ";

const MAX_PATHS = 4;
const list = (paths: readonly string[] = []) =>
  paths.length > MAX_PATHS
    ? `${paths.slice(0, MAX_PATHS).join(", ")} and ${paths.length - MAX_PATHS} more`
    : paths.join(", ");
const members = (n: number) => count(n, "member", "members");

/** Who came into a group, and who went. */
function comings({ who, joined = 0, left = 0 }: About): string {
  if (joined === 0) return `${members(left)} left ${who}`;
  return left === 0 ? `${members(joined)} joined ${who}` : `${members(joined)} joined ${who}, and ${left} left`;
}

/** What the answer to "why does somebody have access?" knows. */
interface Access {
  who: string;
  groups: readonly string[];
  /** How many groups are not named. */
  others: number;
  licence: string | null;
  since: string | null;
}

const onDate = (since: string | null) => (since === null ? "" : ` on ${since}`);

function groupsOf(groups: readonly string[], others: number): string {
  if (groups.length === 0) return "";
  const last = others > 0 ? [`${others} more`] : groups.slice(-1);
  const first = others > 0 ? groups : groups.slice(0, -1);
  return ` and in ${first.length === 0 ? last[0] : `${first.join(", ")} and ${last[0]}`}`;
}

export const TEXTS = {
  language: "en",
  brand: "Portico",
  copied: "Copied",
  decide: "Decide",
  skip: "Skip to the content",
  navigation: "Pages",
  tabs: { overview: "Connection", activity: "Activity", settings: "Settings", audit: "Audit" },
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
    live: "The connection is live. Restart provisioning at the identity provider now: it sends only changes.",
    settings: "The settings are stored.",
    mode: "The mode was changed.",
    release: "What was held is let through, as the identity provider sends it again.",
    expect: "The brake expects these changes and does not count them.",
    apply: "The disables that were held are done.",
    hold: "Every removal is held from now on.",
    endHold: "Removals are let through again, up to the lines.",
    endRelease: "The release has ended.",
    sweep: "A sweep has begun.",
    retryAll: "Everything that is owed is tried now.",
    dropAll: "What was parked was given up.",
    retry: "It is tried again now.",
    drop: "It was given up.",
    acknowledge: "The alarm is acknowledged.",
    test: "The credentials work.",
    revoke: "The credential is revoked.",
    revokeInvite: "The link is revoked. The page of an administrator who had used it is closed.",
    demote: "The credential reads and changes nothing from now on.",
  },

  /** What the buttons say. */
  actions: {
    mode: "Change",
    release: "Let them through",
    expect: "Expect them",
    apply: "Disable them now",
    hold: "Hold every removal",
    endHold: "Stop holding every removal",
    endRelease: "End it now",
    sweep: "Read everything now",
    retryAll: "Try everything now",
    dropAll: "Give what is parked up",
    retry: "Try now",
    drop: "Give up",
    acknowledge: "I have looked at it",
    test: "Try the credentials",
    revoke: "Revoke",
    revokeInvite: "Revoke",
    demote: "Let it only read",
  },

  pager: {
    label: "Pages of the list",
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

  numbered: (isGroup: boolean, end: string) => `${isGroup ? "Group" : "User"} …${end}`,
  newUser: "A new user",
  newGroup: "A new group",
  somebody: "A request",

  /** What became of a request: one sentence for each outcome of outcomes.ts. */
  outcomes: {
    testConnection: () => "Entra's test connection arrived",
    userCreated: ({ who }: About) => `${who} was created`,
    userChanged: ({ who, paths }: About) => `${who} was changed: ${list(paths)}`,
    userRenamed: ({ who }: About) => `${who} was renamed`,
    userDisabled: ({ who }: About) => `${who} was disabled`,
    disabledLater: ({ who }: About) => `${who} is shown as disabled; the product is still to be told`,
    userEnabled: ({ who }: About) => `${who} was enabled`,
    userDeleted: ({ who }: About) => `${who} was deleted`,
    userHidden: ({ who }: About) => `${who} was deleted: the account is disabled at the product`,
    groupCreated: ({ who, joined = 0 }: About) =>
      joined === 0 ? `${who} was created` : `${who} was created with ${members(joined)}`,
    groupChanged: ({ who, paths }: About) => `${who} was changed: ${list(paths)}`,
    groupDeleted: ({ who }: About) => `${who} was deleted`,
    membersChanged: comings,
    unchanged: ({ who }: About) => `${who} was so already: nothing was written`,
    foundOne: ({ who }: About) => `${who} was looked for and found`,
    foundNobody: ({ isGroup }: About) => `A ${isGroup ? "group" : "user"} was looked for: there is none`,
    listed: ({ found = 0, isGroup }: About) =>
      `A list was read: ${isGroup ? count(found, "group", "groups") : count(found, "user", "users")}`,
    wasRead: ({ who }: About) => `${who} was read`,
    bulk: ({ notes }: About) =>
      `Several operations at once: ${notes.filter((note) => note.startsWith("operation")).length}`,
    swapped: () => "Two users swapped their names",
    discovered: () => "The identity provider asked what this service can do",
    answered: () => "A request was answered",

    heldByBrake: ({ who }: About) => `${who} was not changed: the brake holds it`,
    heldForIdentity: ({ who }: About) => `${who} was not changed: two people may share this account`,
    protectedPerson: ({ who }: About) => `${who} was not changed: the person is protected`,
    protectedGroup: ({ who }: About) => `${who} was not changed: the group is protected`,
    productAdministrator: ({ who }: About) => `${who} was not changed: an administrator of the product`,
    ownAccount: ({ who }: About) => `${who} was not changed: Portico itself uses this account`,
    paused: ({ who }: About) => `${who} was put off: the connection is paused`,
    suspended: ({ who }: About) => `${who} was refused: the connection is suspended`,
    indexing: ({ who }: About) => `${who} was put off: the product's records are still being read`,
    noRoom: ({ who }: About) => `${who} was refused: the connection holds as much as it may`,
    wrongCredential: () => "A request was refused: its credential is not valid here",
    fault_unauthorized: ({ who }: About) => `${who} was put off: the product refused Portico's credential`,
    fault_notFound: ({ who }: About) => `${who} was refused: the product does not have it any more`,
    fault_conflict: ({ who }: About) => `${who} was refused: it clashes with something at the product`,
    fault_invalid: ({ who, notes }: About) =>
      `${who} was refused: ${reasonOf(notes) ?? "the product does not take a value"}`,
    fault_immutable: ({ who }: About) => `${who} was refused: the product never changes a value of it`,
    fault_unsupported: ({ who }: About) => `${who} was refused: the product cannot do this`,
    fault_noSeat: ({ who }: About) => `${who} was refused: no licence is free`,
    fault_pending: ({ who }: About) => `${who} waits for the person concerned`,
    fault_throttled: ({ who }: About) => `${who} was put off: the product takes no more at the moment`,
    fault_unavailable: ({ who }: About) => `${who} was put off: the product did not answer`,
    fault_protocol: ({ who }: About) => `${who} was put off: the product's answer made no sense`,
    userNameTaken: ({ who }: About) => `${who} was refused: the name or address is taken`,
    groupNameTaken: ({ who }: About) => `${who} was refused: the name is taken`,
    notThere: ({ who }: About) => `${who} was asked for and is not there`,
    noSuchAddress: () => "A request was refused: there is nothing at its address",
    changedMeanwhile: ({ who }: About) => `${who} was not changed: somebody else had changed it`,
    tooFast: () => "A request was put off: there were too many at once",
    mayNot: ({ who }: About) => `${who} was refused: the credential may not do this`,
    notPossible: ({ who }: About) => `${who} was refused: this is not possible here`,
    wrongValue: ({ who, notes }: About) => `${who} was refused: ${reasonOf(notes) ?? "a value is wrong"}`,
    notUnderstood: () => "A request was refused: it could not be understood",
    laterAgain: ({ who }: About) => `${who} was put off: it could not be done now`,
  },

  /** What the customer's administrator should know of a refusal that was Portico's; of the product's, the table of faults says it. */
  forCustomer: {
    heldByBrake:
      "More changes of this kind came than is usual, so they wait until the operator has looked. If they are meant, tell the operator.",
    heldForIdentity: "Two people of the identity provider may mean the same account. The operator decides whose it is.",
    protectedPerson:
      "The operator protects this person, so provisioning takes nothing away. Ask the operator if it is meant.",
    protectedGroup:
      "The operator protects this group, so provisioning takes nothing away. Ask the operator if it is meant.",
    productAdministrator: "This person administers the product. Take that role away in the product first.",
    ownAccount: "The connection itself works with this account. Take it out of the scope at the identity provider.",
    paused: "The operator has paused provisioning. It goes on by itself afterwards.",
    suspended: "The operator has suspended this connection. Ask the operator.",
    indexing: "The product's users are being read for the first time. Provisioning goes on by itself afterwards.",
    noRoom: "The connection holds as much as it may. Ask the operator.",
    wrongCredential: "The Secret Token is unknown, revoked or has ended. Enter a new one at the identity provider.",
    userNameTaken:
      "Another user has this name or address. Look which of the two should have it, and correct the other.",
    groupNameTaken: "Another group has this name. Rename one of the two.",
    notThere: "This user or group does not exist here. The identity provider makes it if it is in scope.",
    noSuchAddress: "The Tenant URL or a path in it is wrong. Compare it with the one that you were given.",
    changedMeanwhile:
      "Somebody else changed it at the same time. The identity provider reads it again and repeats the change.",
    tooFast: "Too many requests came at once. The identity provider repeats this one.",
    mayNot: "The credential is not for this. Ask the operator for one with the right scope.",
    notPossible: "This service or product cannot do this. Switch the operation off at the identity provider.",
    wrongValue:
      "A value cannot be stored. The sentence in the log of the identity provider names the attribute: correct its mapping or its value there.",
    notUnderstood:
      "The identity provider sent something that is no valid request. Report it to the operator with the request's number.",
    laterAgain: "It could not be done at the moment. The identity provider repeats it by itself.",
  },

  who: {
    nobody: "Nobody: it ends by itself",
    customer: "The customer's administrator",
    operator: "The operator of Portico",
    vendor: "The vendor of the product",
  },

  activity: {
    title: "Activity",
    caption: "SCIM requests, newest first",
    none: "No request fits. Take a filter away, or wait for the next one.",
    filter: "Show",
    all: "all",
    any: "any",
    kind: "Kind",
    kinds: { users: "about users", groups: "about groups", changes: "changes", searches: "searches and reads" },
    outcome: "Outcome",
    outcomes: { done: "done", failed: "failed" },
    credential: "Credential",
    from: "Not older than (UTC)",
    to: "Not newer than (UTC)",
    about: (who: string) => `Only about ${who}`,
    takeAway: "Show everybody",
    columns: { when: "When", what: "What happened", status: "Status", calls: "Calls", ms: "Took", about: "About" },
    types: { User: "user", Group: "group" },
    aboutWho: (isGroup: boolean, who: string) => `${isGroup ? "group" : "user"} ${who}`,
    older: "Older",
    newest: "Newest",
    live: "New requests come by themselves.",
    took: (ms: number) => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`),
    calls: (n: number) => (n === 0 ? "–" : String(n)),
  },

  find: {
    label: "Find a person or group",
    hint: "A whole userName, displayName, address or id",
    button: "Find",
    nobody: "Nobody of this connection has this name, address or id.",
    many: "Several fit. Which one is meant?",
  },

  settings: {
    title: "Settings",
    says: (vendor: string) =>
      `What the adapter of ${vendor} asks for. Credentials are tried at the product before they are stored.`,
    save: "Try and save",
    untried: "store them without trying, also where the product does not answer",
    required: "(required)",
    isStored: "(stored)",
    none: "none",
    stored: "stored",
    kept: "A secret is stored and never shown; an empty field leaves it as it is",
    notStored: "No secret is stored",
    refused: "Nothing was stored. What is wrong stands beside the field.",
    notJson: "this is no JSON",
  },

  audit: {
    title: "Audit",
    none: "There is no call.",
    changes: "Calls that change something or look somebody up, newest first.",
    everything: "All calls, newest first.",
    showAll: "Show calls that only read, too",
    showChanges: "Show changes only",
    unknown: "end not known",
    columns: { when: "When (UTC)", who: "Who", what: "What, and which fields", status: "Status" },
  },

  licences: {
    title: "Licences",
    held: "Held through Portico",
    waiting: "Still to be given, such as those that wait for a consent",
    free: (licence: string) => `Free at the product: ${licence}`,
    unknown: "the product does not tell",
    button: "Ask the product how many are free",
  },

  vendors: {
    title: "Vendors",
    none: "There is none.",
    yes: "yes",
    no: "no",
    described: "What this product can do is described in the settings of each connection.",
    columns: { vendor: "Vendor", basis: "Basis", source: "Source", checked: "Last read" },
    basis: {
      published: "The vendor documents this API.",
      assumed: "No public API was found: the adapter is written against a stated contract.",
      verified: "Tested against the real product.",
    },
    abilities: {
      title: "What the product can do",
      deletion: "A deletion",
      removes: "removes the account, or disables it where the connection says so",
      disables: "disables the account",
      groups: "Groups",
      hasGroups: "yes, with memberships",
      noGroups: "none",
      licences: "Licences that follow groups",
      account: "Whose credential it is",
      tells: "the product tells, and that user is always protected",
      tellsNot: "the product does not tell; name the user among those who are protected",
      limits: "Limits",
      noLimits: "none is known",
      bySettings: "as the settings of a connection say",
    },
    limits: {
      perSecond: (n: number) => `${count(n, "call", "calls")} in a second`,
      perMinute: (n: number) => `${count(n, "call", "calls")} in a minute`,
      perHour: (n: number) => `${count(n, "call", "calls")} in an hour`,
      perDay: (n: number) => `${count(n, "call", "calls")} in a day`,
      concurrency: (n: number) => `${n} at once`,
    },
    differences: { title: "How the product differs, and what Portico does about it", none: "It does not differ." },
    attributes: {
      User: "Attributes of users",
      Group: "Attributes of groups",
      attribute: "Attribute",
      type: "Type",
      filterable: "Can be searched by",
      required: "Required",
      change: "Can change",
      made: "yes, made where missing",
      once: "no, given on create",
    },
    settings: {
      title: "Settings of a connection",
      field: "Setting",
      kind: "Value",
      secret: "secret",
      optional: "Required",
      says: "What it is",
      kinds: { text: "text", number: "number", choice: "choice", flag: "yes or no", json: "JSON" },
    },
  },

  /** A user or a group. */
  standing: {
    unknown: "The connection knows nobody of this number any more.",
    why: (who: string, isGroup: boolean) => (isGroup ? `How ${who} stands` : `Why ${who} has access or not`),
    repaired: "(repaired)",
    link: {
      title: "Who it is",
      id: "Number in Portico",
      nativeId: "Number at the product",
      externalId: "externalId",
      none: "none",
      created: "First seen",
      modified: "Last changed",
      deleted: "Deleted",
    },
    requests: {
      title: "Last requests",
      none: "There was none in the time for which traces are kept.",
      all: "All requests",
    },
    person: {
      title: "As Portico knows it",
      request: "Look at the request",
      groups: "Groups",
      noGroups: "none",
      licence: "Licence",
      noLicence: "none from Portico",
      protected: "Protected",
      isProtected: "yes: no request takes anything away",
      notProtected: "no",
      inDoubt: "In doubt until",
      answers: {
        hasAccess: ({ who, groups, others, licence }: Access) =>
          `${who} has access: the account is enabled at the product${groupsOf(groups, others)}${licence === null ? "" : `, with the licence ${licence}`}.`,
        told: ({ who, since }: Access) =>
          `${who} does not have access: the account was disabled through Portico${onDate(since)}.`,
        shown: ({ who, since }: Access) =>
          `${who} does not have access: the product shows the account as disabled${onDate(since)}, and Portico did not do it.`,
        deleted: ({ who, since }: Access) =>
          `${who} does not have access: the identity provider deleted the user${onDate(since)}.`,
        lost: ({ who, since }: Access) =>
          `${who} does not have access: the product has no such account any more${since === null ? "" : `, which was seen on ${since}`}.`,
        waiting: ({ who }: Access) =>
          `${who} does not have access yet: the user was created inactive and gets an account when the identity provider activates them.`,
        inDoubt: ({ who }: Access) =>
          `Whether ${who} has access is not certain: a call to the product had no answer and can still take effect.`,
        held: ({ who, since }: Access) =>
          `${who} still has access: the identity provider wants it taken away, and the brake has held that since ${since}.`,
        owedDisable: ({ who, since }: Access) =>
          `${who} may still have access: the identity provider disabled the user${onDate(since)}, and the product is still to be told.`,
      },
    },
    group: {
      live: (n: number, licence: string | null) =>
        `The group has ${members(n)}${licence === null ? "" : `, and each gets the licence ${licence}`}.`,
      tombstone: (_: number, __: string | null) => "The identity provider deleted the group.",
      lost: (_: number, __: string | null) => "The product has no such group any more.",
    },
    members: {
      title: "Members",
      name: "Member",
      state: "Account",
      enabled: "enabled",
      disabled: "disabled",
      none: "There is no member.",
      count: (n: number) => n.toLocaleString("en"),
      notLoaded: "not read at the product yet",
      licence: "Licence of the members",
    },
    now: {
      title: "What the product says now",
      says: "Portico keeps no copy of the record. It can read it at the product, once, and show it here.",
      button: "Read it now",
      gone: "The product does not have it any more.",
      nothing: "nothing",
      same: "as Portico told it",
      other: "otherwise",
      unknown: "nothing known",
      columns: { path: "Attribute", value: "At the product", told: "Compared with Portico" },
    },
  },

  request: {
    copy: "Copy the address of this page",
    refusal: "What to do",
    who: "Who must act",
    what: "The request",
    at: "When",
    request: "Request",
    answer: "Answer",
    took: "Took",
    tookCalls: (ms: number, calls: number) =>
      `${ms.toLocaleString("en")} ms, ${count(calls, "call", "calls")} to the product`,
    about: "About",
    repairs: "Repaired",
    dropped: "Dropped",
    notes: "Also",
    number: "Number",
    waterfall: "Where the time went",
    noCalls: "Nothing was asked of the product.",
    noAnswer: "no answer",
    lock: "waiting for other requests about the same",
    answered: (status: number) => `answered ${status}`,
    columns: { call: "Call", answer: "Answer", attempt: "Attempt", ms: "Took", time: "Time" },
    says: {
      call: (ms: number) => `call ${ms} ms`,
      wait: (ms: number) => `waited ${ms} ms for the product's limits`,
      pause: (ms: number) => `paused ${ms} ms after a failure`,
      lock: (ms: number) => `waited ${ms} ms for others`,
    },
    legend: { call: "call", wait: "waiting for limits or others", pause: "pause after a failure" },
  },

  connection: {
    mode: {
      title: "Mode",
      now: "now",
      suspended: "The connection is suspended: every request is refused.",
      draining: (n: number) => `${count(n, "request", "requests")} that had begun still finish.`,
      does: {
        paused: "Every request is put off (503), and nothing is sent to the product.",
        plan: "Requests are answered as if they were done, and nothing is written to the product.",
        live: "Requests are carried out at the product.",
      },
      to: { paused: "Pause", plan: "Begin a plan", live: "Go live" },
      discard: (writes: number, disables: number) =>
        `Discard the plan: ${count(writes, "write", "writes")} that did not happen, ${disables} of them disables. Provisioning must be restarted at the identity provider afterwards.`,
    },
    setUp: {
      title: "What the customer enters",
      says: "At the identity provider, the customer's administrator enters these two values.",
      tenantUrl: "Tenant URL",
      token: "Secret Token",
      tokenSays: "Each is shown once, when it is made: below, under Credentials.",
      copy: "Copy",
      purpose: "Purpose",
      purposes: { live: "a customer's account", exam: "the gallery's exam" },
      since: "Made on",
    },
    index: {
      title: "Index of the product",
      types: { User: "Users", Group: "Groups", Members: "Memberships" },
      running: (seen: number, total: number | null) =>
        total === null
          ? `${seen.toLocaleString("en")} read so far`
          : `${seen.toLocaleString("en")} of ${total.toLocaleString("en")} read`,
      waiting: "never read to the end yet",
      complete: (seen: number) => `${seen.toLocaleString("en")} read,`,
    },
    drift: {
      title: "Changed at the product without Portico",
      none: "Nothing, as far as the last sweep has seen.",
      kinds: {
        removed: "removed",
        renamed: "renamed",
        changed: "values changed",
        activated: "activated",
        deactivated: "deactivated",
        memberMissing: "members missing",
        memberExtra: "members too many",
        seat: "licences",
        duplicate: "two with one name",
      } as Record<string, string>,
    },
    people: {
      title: "People",
      nobody: "nobody",
      protected: "Protected",
      privileged: "Administrators of the product",
      account: "Account of Portico itself",
      licences: "Licences through Portico",
      heldGroups: "Groups that Portico holds",
      inDoubt: "In doubt",
      until: "until",
      openWrites: "Writes without an answer",
      count: (n: number) => n.toLocaleString("en"),
      licenceCount: (held: number, waiting: number) =>
        waiting === 0
          ? held.toLocaleString("en")
          : `${held.toLocaleString("en")}, ${waiting} more are still to be given`,
      heldCount: (groups: number, memberships: number) =>
        `${count(groups, "group", "groups")}, ${count(memberships, "membership", "memberships")}`,
      notFound: (name: string) => `${name} (not found at the product)`,
    },
  },

  /** The rehearsal. */
  plan: {
    title: "Plan",
    look: "Look at the plan",
    nothing: "Nothing has been planned yet: no request of the identity provider would have written anything.",
    says: (writes: number, disables: number) =>
      `${count(writes, "write was", "writes were")} planned and not sent, ${disables} of them disables.`,
    csv: "Download as CSV",
    csvColumns: {
      change: "Change",
      type: "Type",
      name: "Name",
      nativeId: "Number at the product",
      group: "Group",
      path: "Attribute",
      before: "Before",
      after: "After",
    },
    kinds: {
      userCreated: "Users created",
      userEnabled: "Users enabled",
      userDisabled: "Users disabled",
      userRemoved: "Users removed",
      userRenamed: "Users renamed",
      userChanged: "Users changed",
      groupCreated: "Groups created",
      groupChanged: "Groups changed",
      groupRemoved: "Groups removed",
      joins: "Members who join",
      leaves: "Members who leave",
      licence: "Licences given",
      sessions: "Sessions ended",
    },
    columns: { who: "Who", change: "Before and after", group: "Group" },
    all: (n: number) => `All ${n.toLocaleString("en")}`,
    back: "The whole plan",
    live: {
      link: "Go live…",
      title: (name: string) => `Go live with ${name}?`,
      says: (writes: number, disables: number) =>
        `From now on requests are carried out at the product. The plan of ${count(writes, "write", "writes")}, ${disables} of them disables, is discarded: the identity provider must be restarted, and sends it again.`,
      expects: "For some days the brake expects these changes and does not hold them:",
      expectsNothing: "The plan has nothing that the brake counts, so it expects nothing.",
      expected: (kind: string, n: number) => `${kind}: ${n.toLocaleString("en")}`,
      button: "Go live and expect these changes",
      cancel: "Stay in plan mode",
    },
  },

  brake: {
    title: "Brake",
    caption: "What the brake counts, and where its lines are",
    byHand: "An administrator holds every removal.",
    holdsNothing: "Nothing is held.",
    holds: (kind: string, n: number) =>
      `${kind}: ${count(n, "request is", "requests are")} held. Let through, each is done when the identity provider sends it again. If it was a mistake, correct it there: none of them was done. Held since`,
    disables: (n: number) =>
      `${count(n, "disable was", "disables were")} asked for and held. They can be done now, without waiting for the identity provider.`,
    kinds: {
      deactivation: "Users disabled",
      removal: "Users removed",
      rename: "Users renamed",
      membership: "Memberships taken away",
      emptied: "Groups emptied",
      licence: "Licences taken away",
      creation: "Users created",
    },
    columns: { kind: "Changes", meter: "Used up", counted: "Counted", window: "In", state: "State" },
    counted: (n: number, limit: number, minutes: number) => `${n} of ${limit} in ${minutes} minutes`,
    of: (n: number, limit: number) => `${n.toLocaleString("en")} of ${limit.toLocaleString("en")}`,
    window: (minutes: number) =>
      minutes % 60 === 0 ? count(minutes / 60, "hour", "hours") : count(minutes, "minute", "minutes"),
    states: { holds: "holds", warns: "warns", onlyWarns: "only warns", quiet: "quiet" },
    releases: "Let through",
    oneThing: "one user or one move of domains",
    release: (what: string, used: number, of: number | null, isExpected: boolean) =>
      `${isExpected ? "Expected" : "Released"}: ${what}, ${of === null ? used : `${used} of ${of}`} so far, ends`,
    expect: "Announce changes before they come",
    expectSays: "The brake does not count what was announced. What is held already stays held.",
    kind: "Changes",
    count: "How many",
    days: "For days",
  },

  alarms: {
    title: "Alarms",
    more: (n: number) => `and ${n} more`,
  },

  owed: {
    title: "Owed to the product",
    nothing: "Everything that was accepted is done.",
    says: "These were accepted and are still to be done at the product.",
    counts: (waiting: number, failing: number, parked: number) =>
      [
        `${waiting} waiting`,
        ...(failing > 0 ? [`${failing} have failed so far`] : []),
        ...(parked > 0 ? [`${parked} parked`] : []),
      ].join(", "),
    kinds: {
      membership: "Membership",
      licence: "Licence",
      disable: "Disable",
      sessions: "Open sessions",
      placement: "Place in a group",
      reference: "Reference",
      copy: "Copied value",
      "set-aside": "Value set aside",
      renamed: "Address",
      write: "Write without an answer",
      doubt: "Doubt",
      notice: "Notice",
    },
    columns: { what: "What", why: "Why it waits", next: "Next try" },
    parked: "parked",
    byRequest: "with the next request",
    estimate: (calls: number, disables: number) =>
      `Trying everything now would make ${count(calls, "call that changes", "calls that change")} something at the product, ${disables} of them disables.`,
    sure: (n: number) => `Give ${count(n, "thing", "things")} up for good`,
  },

  credentials: {
    title: "Credentials",
    none: "No credential lets an identity provider in.",
    another: "Make another credential",
    create: "Make it",
    kind: "Kind",
    label: "Name, to tell it from others",
    kinds: {
      bearer: "Secret Token",
      secret: "OAuth client secret",
      key: "Client's own key",
      federation: "Workload identity",
      entra: "Entra's own token",
    },
    made: "A new credential",
    once: "Copy it now: it is shown once, and only its hash is stored.",
    tenantUrl: "Tenant URL",
    tokenUrl: "Token endpoint",
    clientId: "Client identifier",
    clientSecret: "Client secret",
    token: "Secret Token",
    back: "To the connection",
    columns: { what: "Credential", ends: "Ends", used: "Last used", scopes: "May" },
    ended: "has ended",
    never: "never",
    rotate: "Rotate",
    force: "although it was used lately",
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
