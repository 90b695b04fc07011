// Every text of customers' pages that the console does not have; another language is another file of this shape.

export const CUSTOMER_TEXTS = {
  title: (product: string) => `Connect ${product}`,
  says: (product: string) =>
    `Your identity provider provisions people into ${product} through Portico, a gateway that somebody operates for you. This page is for this one connection.`,
  until: "This page closes",
  leave: "Close this page",
  left: "The page is closed",
  leftSays: "Nobody can open it with this browser any more. To come back, ask the operator for another link.",

  enter: {
    title: "Set up your connection",
    says: "This link opens the page of your connection once, in this browser, for eight hours. Nothing has been used up yet.",
    button: "Open the page",
    unusable: "This link does not open the page",
    unusableSays:
      "It was used, it is older than 24 hours, or it was revoked. If you used it in this browser, your page may still be open. Otherwise ask the operator who sent it to you for another one.",
    toPage: "Open my page",
  },
  closed: {
    title: "This page is closed",
    says: "Eight hours are over, the operator has closed it, or this browser never had it. Ask the operator for another link.",
  },
  refused: {
    title: (status: number) => (status === 404 ? "Not found" : status === 403 ? "Not allowed" : "Not done"),
    nothingHere: "There is no such page.",
    unknown: "This could not be shown now. Try again in a minute; if it stays so, tell the operator.",
    back: "To your connection",
  },
  done: {
    revoked: "The credential is revoked.",
  },

  state: {
    suspended: "The operator has suspended this connection: every request is refused. Ask the operator.",
    paused: "The operator has paused this connection: every request is put off, and your identity provider repeats it.",
    plan: (product: string) =>
      `This connection is in a rehearsal: requests are answered as if they were done, and nothing is changed in ${product}.`,
  },

  contact: {
    title: "First contact",
    says: {
      waiting: "No request has arrived since this page was made.",
      refused: "The last request was refused.",
      failed: "The last request could not be carried out.",
      test: "Entra's test connection arrived, and the answer was right.",
      works: "Requests arrive and are answered.",
    },
    waitingSays:
      "Enter the values below at your identity provider, and choose its test. What arrives appears here within seconds. If the test fails there and nothing appears here, the Secret Token or the host in the Tenant URL is not the one of this page: a token that is unknown altogether names no connection.",
    works: { waiting: "waiting", refused: "refused", failed: "failed", test: "arrived", works: "works" },
    reload: "Load again",
    columns: { when: "When", who: "Credential", what: "What happened", todo: "What to do" },
    caption: "Requests since this page was made, newest first",
    more: (n: number) => `The latest ${n} are shown.`,
    unknownCredential: "not known",
    before: "Before this page was made",
    beforeCaption: "Requests before this page was made, newest first",
    actor: { nobody: "", customer: "", operator: "The operator acts.", vendor: "The vendor of the product acts." },
  },

  /** Why a request was refused at the door, by how the note of its trace begins. */
  atTheDoor: {
    "the token begins as the credential's":
      "The Secret Token begins like one of this connection and is not the whole one. Copy it again, or make another one.",
    "the credential is revoked": "The credential is revoked. Enter another one of those below, or make one.",
    "the credential has expired": "The credential has ended. Make another one below, and enter it.",
    "all access tokens of the connection are revoked":
      "The access token was revoked. Your identity provider gets another one by itself.",
    "the request came from an address outside":
      "The credential may be used from certain networks only, and the request came from another one. Ask the operator.",
    "no client secret of the connection is like":
      "The client identifier is right and the client secret is wrong. Make another one below, and enter it.",
    "the secret came in the form":
      "This connection takes the client secret by HTTP Basic only. Choose that at your identity provider.",
    "there is nothing at the address":
      "The credential is right and the Tenant URL is wrong. Copy the one that stands below.",
  } as Readonly<Record<string, string>>,

  values: {
    title: "What you enter",
    says: "At your identity provider you enter the Tenant URL and one credential: a Secret Token, or what an OAuth client has.",
    tenantUrl: "Tenant URL",
    tokenUrl: "Token endpoint",
    clientId: "Client identifier",
    ofClients: "for an OAuth client",
    copy: "Copy",
  },

  credentials: {
    title: "Credentials",
    none: "There is none yet: make one, and enter it at your identity provider.",
    create: "Make a credential",
    rotation:
      "To replace one: make another like it, enter the new one at your identity provider, test it there, and revoke the old one. Both work meanwhile.",
    secret:
      "A secret is shown once, when it is made. If nobody gave you that of a credential above, make one of your own.",
    rotate: "Make another like it",
    usedLately:
      "This credential may have been used within the last two hours. If your identity provider still uses it, provisioning stops: enter another one there first. If nobody needs it any more, tick the box beside the button, and revoke it again.",
    columns: { made: "Made" },
  },

  steps: {
    title: "Step by step in Microsoft Entra",
    general: (product: string) => [
      `At your identity provider add an application for ${product}, and open its provisioning by SCIM 2.0.`,
      "Enter the Tenant URL and the credential of this page.",
      "Test the connection there. The request appears under First contact.",
      "Map the attributes, assign one or two people, provision them, and look at them in the product. Then assign the others.",
    ],
    generalTitle: "Step by step",
  },

  index: {
    title: "Reading the product",
    says: "Portico reads the product's people and groups. Some products cannot be searched: of these the first requests are put off (503) until everybody was read once.",
  },

  /** What operators see of it, on the page of the connection. */
  operator: {
    title: "The customer's page",
    says: "A link opens a page of this connection alone for the customer's administrator: set-up step by step, first contact, the latest requests, credentials. It works once within 24 hours, and the page stays open for eight.",
    create: "Make a link",
    none: "No link was made within 30 days.",
    made: "A link to the customer's page",
    once: "Copy it now: it is shown once, and only its hash is stored. Send it to the customer's administrator on a way that others cannot read: the first person who opens it has the page.",
    link: "Link",
    copy: "Copy the link",
    columns: { made: "Made", by: "By", state: "State", until: "Until" },
    states: {
      open: "not used yet",
      used: "open in a browser",
      ended: "has ended",
      expired: "not used in time",
      revoked: "revoked",
    },
  },
} as const;
