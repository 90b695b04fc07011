CREATE TABLE `customer_invites` (
	`id` text PRIMARY KEY NOT NULL,
	`connection_id` text NOT NULL,
	`hash` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`session_hash` text,
	`ends_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `customer_invites_hash_unique` ON `customer_invites` (`hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `customer_invites_session_hash_unique` ON `customer_invites` (`session_hash`);--> statement-breakpoint
CREATE INDEX `customer_invites_connection` ON `customer_invites` (`connection_id`);--> statement-breakpoint
ALTER TABLE `entrance_credentials` ADD `mark` text;--> statement-breakpoint
CREATE INDEX `entrance_credentials_mark` ON `entrance_credentials` (`mark`);