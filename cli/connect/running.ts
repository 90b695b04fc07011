// The mail, the first people, the cycles, and how to see that all is well.

import { table } from "../docs.ts";
import { MICROSOFT } from "./microsoft.ts";
import { rotation } from "./ways-in.ts";
import { link, list, type Section, type Subject, steps, tell } from "./words.ts";

export function safeguards(): Section {
  return {
    title: "Step 7: Say who gets the mail",
    blocks: [
      steps([
        "In the application open **Provisioning → Overview → Properties**, and edit them (in older portals **Provisioning → Settings**).",
        "**Notification email**: switch it on, and enter the address of a group that is read on weekends too. Entra writes to it when the job goes into quarantine.",
        `**Prevent accidental deletions**: switch it on, and enter how many people may be disabled or deleted in one cycle before you are asked (${link(MICROSOFT.deletions)}). The gateway has a brake of its own beside it.`,
        "**Scope**: as decided in [step 4](#step-4-define-who-is-in-scope). Where your portal does not show it here, it is under **Provisioning → Settings**.",
        "Choose **Apply** (in older portals **Save**).",
      ]),
    ],
  };
}

export function onDemand({ adapter, customer }: Subject): Section {
  const { title } = adapter;
  return {
    title: "Step 8: Try one person",
    blocks: [
      steps([
        "Assign one person to the application under **Users and groups**. Wait some minutes: an assignment takes a while to be known.",
        `Open **Provisioning → Provision on demand**, find the person, and choose **Provision** (${link(MICROSOFT.onDemand)}). It takes less than 30 seconds.`,
        `Look at the person in ${title}: is every attribute there?`,
        "Change the name of that person in Entra, and provision again.",
        "Take the assignment away, and provision again: the person is disabled. Assign them again: they are back with the next cycle.",
        ...(adapter.group ? ["Provision a small group: on demand a group takes five members at most."] : []),
      ]),
      list([
        "With client credentials or federation, Microsoft's page says that the provisioning job must be stopped before you provision on demand.",
        "On demand, `?aadOptscim062020` has no effect. The gateway understands both forms.",
        ...(customer.afterwards ?? []).map((fact) => tell(customer, fact)),
      ]),
    ],
  };
}

export function start(): Section {
  return {
    title: "Step 9: Start provisioning",
    blocks: [
      "Choose **Start provisioning** on the overview (in older portals set **Provisioning status** to *On*, and save).",
      table(
        ["Cycle", "What Entra does", "How long"],
        [
          [
            "first",
            "it goes through everybody in scope: looks for each, creates or updates them, then groups, then memberships and managers",
            `0.01 to 0.08 minutes for each user, group and member in scope: for 10,000 of them two to thirteen hours (${link(MICROSOFT.duration)})`,
          ],
          ["each later one", "it sends what has changed since the one before", "begins about every 40 minutes"],
        ],
      ),
      list([
        `Who is unassigned, blocked or deleted in Entra is disabled with the next cycle. Who is deleted for good, 30 days later, is deleted (${link(MICROSOFT.cycles)}).`,
        "**Restart provisioning** makes the next cycle a first one. It looks for everybody again and creates nobody twice.",
        "Entra does not see what somebody changes in the product itself.",
      ]),
    ],
  };
}

export function monitoring(): Section {
  return {
    title: "Step 10: Watch it",
    blocks: [
      table(
        ["Where", "What it shows"],
        [
          [
            `**Provisioning logs** (${link(MICROSOFT.logs)})`,
            "each person and group: created, updated, skipped or failed, and the gateway's sentence",
          ],
          [
            `**Progress bar** on the provisioning page (${link(MICROSOFT.duration)})`,
            "how far the first cycle is, and when the last one ended",
          ],
          [
            `**Quarantine** on the same page, and in the mail of step 7 (${link(MICROSOFT.quarantine)})`,
            "that Entra has slowed down or stopped, and why",
          ],
          [
            `**Audit logs**, filtered by *Quarantine* (${link(MICROSOFT.status)} lists the other reports)`,
            "when the job was in quarantine before",
          ],
        ],
      ),
      "### Quarantine, and how to leave it",
      "Entra puts a job into quarantine when the credential is refused, when the Tenant URL answers 404, when deletions are more than you allowed, or when 5,000 changes or more have failed and these are over 40 % of all. In quarantine the cycles become rarer, down to one a day. After four weeks the job is switched off.",
      steps([
        "Read the reason on the provisioning page, then the newest failures in the provisioning logs.",
        "Mend what they name: the table [below](#when-something-is-refused) says who acts. For a refused credential enter a new one, and choose **Test connection**.",
        "For accidental deletions choose **Allow deletes** if they are meant. If they are not, bring the people back into scope first.",
        "Choose **Restart provisioning**. Without it Entra tries again after 6, 12 and 24 hours, then daily, and leaves quarantine by itself when that goes well.",
      ]),
      "### Before the credential ends",
      ...rotation(),
    ],
  };
}

export function removing({ adapter }: Subject): Section {
  const { title } = adapter;
  return {
    title: "Remove the integration",
    blocks: [
      `Stopping provisioning changes nothing in ${title}: everybody keeps the account and the state that they have.`,
      steps([
        `Decide whether people keep their accounts in ${title}. If they are to lose them, remove their assignments first, and wait for a cycle: it disables them. Tell the operator before, because so many at once are [held by the brake](#when-something-is-refused), and allow the deletions in Entra if you are asked.`,
        `In the application pause provisioning on its overview (in older portals set **Provisioning status** to *Off*). Entra then creates, updates and removes nobody, and would go on where it stopped (${link(MICROSOFT.manage)}).`,
        "Look at the provisioning logs until nothing new comes, then delete the application in Entra.",
        "Tell the operator, who revokes your credential, can give you an export of what is stored, and erases the connection.",
        `Delete the credential that the gateway had in ${title} ([step 2](#for-the-gateway-in-${slug(title)})).`,
      ]),
    ],
  };
}

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");
