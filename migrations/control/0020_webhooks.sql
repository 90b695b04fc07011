CREATE TABLE `webhook_secrets` (
	`id` text PRIMARY KEY NOT NULL,
	`webhook_id` text NOT NULL,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`ends_at` integer
);
--> statement-breakpoint
CREATE INDEX `webhook_secrets_webhook` ON `webhook_secrets` (`webhook_id`);--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`connection_id` text,
	`events` text,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`paused_at` integer,
	`paused_why` text
);
--> statement-breakpoint
CREATE INDEX `webhooks_connection` ON `webhooks` (`connection_id`);--> statement-breakpoint
ALTER TABLE `gateway_alarms` ADD `told_at` integer;