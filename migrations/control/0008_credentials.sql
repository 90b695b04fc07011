CREATE TABLE `entrance_credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`connection_id` text NOT NULL,
	`kind` text NOT NULL,
	`label` text,
	`hash` text,
	`hint` text,
	`trust` text,
	`tenant` text,
	`scopes` text NOT NULL,
	`addresses` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer,
	`warned_days` integer,
	`epoch` integer DEFAULT 0 NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `entrance_credentials_hash_unique` ON `entrance_credentials` (`hash`);--> statement-breakpoint
CREATE INDEX `entrance_credentials_connection` ON `entrance_credentials` (`connection_id`);--> statement-breakpoint
CREATE INDEX `entrance_credentials_tenant` ON `entrance_credentials` (`tenant`);--> statement-breakpoint
CREATE TABLE `key_sets` (
	`url` text PRIMARY KEY NOT NULL,
	`keys` text NOT NULL,
	`fetched_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `connections` ADD `epoch` integer DEFAULT 0 NOT NULL;