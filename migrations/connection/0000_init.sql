CREATE TABLE `due_jobs` (
	`job` text PRIMARY KEY NOT NULL,
	`due_at` integer NOT NULL,
	`failures` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `facts` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `intents` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`link_id` text NOT NULL,
	`key` text,
	`expected` text,
	`external_id` text,
	`tickets` text NOT NULL,
	`state` text NOT NULL,
	`attempted_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `intents_link` ON `intents` (`link_id`);--> statement-breakpoint
CREATE INDEX `intents_key` ON `intents` (`kind`,`key`);--> statement-breakpoint
CREATE TABLE `links` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`state` text NOT NULL,
	`native_id` text,
	`name` text,
	`name_key` text,
	`email_key` text,
	`external_id` text,
	`kept` text,
	`pointers` text,
	`is_active` integer NOT NULL,
	`seat` text,
	`is_seat_due` integer NOT NULL,
	`seat_note` text,
	`version` integer NOT NULL,
	`members_loaded` integer NOT NULL,
	`created_at` integer NOT NULL,
	`modified_at` integer NOT NULL,
	`deleted_at` integer,
	`is_hidden` integer NOT NULL,
	`sweep` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `links_native` ON `links` (`type`,`native_id`) WHERE native_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `links_live_name` ON `links` (`type`,`name_key`) WHERE state = 'live' and name_key is not null;--> statement-breakpoint
CREATE INDEX `links_name` ON `links` (`type`,`name_key`);--> statement-breakpoint
CREATE INDEX `links_email` ON `links` (`type`,`email_key`);--> statement-breakpoint
CREATE INDEX `links_external` ON `links` (`type`,`external_id`);--> statement-breakpoint
CREATE INDEX `links_seat_due` ON `links` (`id`) WHERE is_seat_due = 1;--> statement-breakpoint
CREATE INDEX `links_order` ON `links` (`type`,`state`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `members` (
	`group_id` text NOT NULL,
	`user_id` text NOT NULL,
	PRIMARY KEY(`group_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `members_user` ON `members` (`user_id`);--> statement-breakpoint
CREATE TABLE `overlays` (
	`link_id` text NOT NULL,
	`path` text NOT NULL,
	`reason` text NOT NULL,
	`value` text,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`link_id`, `path`)
);
--> statement-breakpoint
CREATE INDEX `overlays_expiry` ON `overlays` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sweeps` (
	`type` text PRIMARY KEY NOT NULL,
	`generation` integer NOT NULL,
	`cursor` text,
	`running` integer NOT NULL,
	`seen` integer NOT NULL,
	`total` integer,
	`started_at` integer,
	`completed_at` integer,
	`alarm` text
);
--> statement-breakpoint
CREATE TABLE `traces` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`token_id` text NOT NULL,
	`method` text NOT NULL,
	`path` text NOT NULL,
	`link_id` text,
	`status` integer NOT NULL,
	`scim_type` text,
	`ms` integer NOT NULL,
	`native_calls` integer NOT NULL,
	`repairs` text NOT NULL,
	`dropped` text NOT NULL,
	`notes` text NOT NULL,
	`calls` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `traces_at` ON `traces` (`at`);