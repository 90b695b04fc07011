// Microsoft's own pages, by their public addresses: what the customers' pages say of Entra is from these.

import type { Source } from "../../adapters/customer-facts.ts";

const LEARN = "https://learn.microsoft.com/en-us/entra";
const READ = "2026-11-29";

const page = (title: string, path: string): Source => ({ title, url: `${LEARN}/${path}`, read: READ });
/** For those who want to know more: nothing on our pages is from it. */
const further = (title: string, path: string): Source => ({ title, url: `${LEARN}/${path}` });

export const MICROSOFT = {
  nonGallery: page(
    "Connect an application that supports SCIM",
    "identity/app-provisioning/use-scim-to-provision-users-and-groups",
  ),
  cycles: page("How application provisioning works", "identity/app-provisioning/how-provisioning-works"),
  duration: page(
    "How long provisioning takes, and the progress bar",
    "identity/app-provisioning/application-provisioning-when-will-provisioning-finish-specific-user",
  ),
  plan: further("Plan a provisioning deployment", "identity/app-provisioning/plan-auto-user-provisioning"),
  roles: further("Roles of Microsoft Entra", "identity/role-based-access-control/permissions-reference"),
  owner: further(
    "Owner of an enterprise application",
    "fundamentals/users-default-permissions#owned-enterprise-applications",
  ),
  assign: further("Assign users and groups", "identity/enterprise-apps/assign-user-or-group-access-portal"),
  filters: page("Scoping filters", "identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts"),
  notProvisioned: page(
    "No users are being provisioned",
    "identity/app-provisioning/application-provisioning-config-problem-no-users-provisioned",
  ),
  mappings: page("Attribute mappings", "identity/app-provisioning/customize-application-attributes"),
  expressions: further(
    "Expressions in mappings",
    "identity/app-provisioning/functions-for-customizing-application-data",
  ),
  onDemand: page("Provision on demand", "identity/app-provisioning/provision-on-demand"),
  deletions: page("Prevent accidental deletions", "identity/app-provisioning/accidental-deletions"),
  logs: further("Provisioning logs", "identity/monitoring-health/concept-provisioning-logs"),
  status: page("Status of provisioning", "identity/app-provisioning/check-status-user-account-provisioning"),
  quarantine: page("Quarantine", "identity/app-provisioning/application-provisioning-quarantine-status"),
  manage: page(
    "Manage provisioning in the admin centre",
    "identity/app-provisioning/configure-automatic-user-provisioning-portal",
  ),
} as const satisfies Record<string, Source>;
