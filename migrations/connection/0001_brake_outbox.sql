CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`group_id` text NOT NULL,
	`user_id` text NOT NULL,
	`op` text NOT NULL,
	`created_at` integer NOT NULL,
	`parked` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_pair` ON `outbox` (`group_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `removals` (
	`kind` text NOT NULL,
	`link_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`kind`, `link_id`)
);
--> statement-breakpoint
CREATE INDEX `removals_at` ON `removals` (`at`);