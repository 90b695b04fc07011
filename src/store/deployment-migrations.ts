// Generated from migrations/deployment by `npm run generate`: the migrations of the Deployment object's SQLite.

export const migrations = {
  journal: {"version":"7","dialect":"sqlite","entries":[{"idx":0,"version":"6","when":1795955737163,"tag":"0000_init","breakpoints":true}]},
  migrations: {
    m0000: "CREATE TABLE `deliveries` (\n\t`webhook_id` text NOT NULL,\n\t`event_id` text NOT NULL,\n\t`type` text NOT NULL,\n\t`at` integer NOT NULL,\n\t`body` text NOT NULL,\n\t`state` text NOT NULL,\n\t`due_at` integer NOT NULL,\n\t`attempts` integer NOT NULL,\n\t`last_at` integer,\n\t`last_ms` integer,\n\t`last_status` integer,\n\t`why` text,\n\tPRIMARY KEY(`webhook_id`, `event_id`)\n);\n--> statement-breakpoint\nCREATE INDEX `deliveries_due` ON `deliveries` (`state`,`due_at`);--> statement-breakpoint\nCREATE INDEX `deliveries_log` ON `deliveries` (`webhook_id`,`at`);--> statement-breakpoint\nCREATE INDEX `deliveries_at` ON `deliveries` (`at`);--> statement-breakpoint\nCREATE TABLE `dropped_counts` (\n\t`webhook_id` text PRIMARY KEY NOT NULL,\n\t`count` integer NOT NULL,\n\t`last_at` integer NOT NULL\n);\n--> statement-breakpoint\nCREATE TABLE `told` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`at` integer NOT NULL\n);\n",
  },
};
