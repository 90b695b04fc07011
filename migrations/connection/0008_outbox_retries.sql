CREATE TABLE `turns` (
	`second` integer PRIMARY KEY NOT NULL,
	`calls` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `outbox` ADD `failures` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `outbox` ADD `retry_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `outbox_group` ON `outbox` (`group_id`,`id`);--> statement-breakpoint
CREATE INDEX `outbox_user` ON `outbox` (`user_id`);