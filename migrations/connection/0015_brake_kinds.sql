CREATE TABLE `brake_bases` (
	`of` text NOT NULL,
	`at` integer NOT NULL,
	`size` integer NOT NULL,
	PRIMARY KEY(`of`, `at`)
);
--> statement-breakpoint
CREATE TABLE `brake_counts` (
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` text,
	`pattern` text,
	`at` integer NOT NULL,
	`release_id` text,
	PRIMARY KEY(`kind`, `subject`)
);
--> statement-breakpoint
CREATE INDEX `brake_counts_window` ON `brake_counts` (`kind`,`at`) WHERE release_id is null;--> statement-breakpoint
CREATE INDEX `brake_counts_user` ON `brake_counts` (`user_id`,`kind`) WHERE user_id is not null;--> statement-breakpoint
CREATE TABLE `brake_groups` (
	`group_id` text PRIMARY KEY NOT NULL,
	`size` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `brake_held` (
	`subject` text NOT NULL,
	`kind` text NOT NULL,
	`objects` integer NOT NULL,
	`is_disable` integer NOT NULL,
	`pattern` text,
	`since` integer NOT NULL,
	`last_at` integer NOT NULL,
	`times` integer NOT NULL,
	`request_id` text NOT NULL,
	PRIMARY KEY(`subject`, `kind`)
);
--> statement-breakpoint
CREATE INDEX `brake_held_since` ON `brake_held` (`since`);--> statement-breakpoint
CREATE TABLE `brake_releases` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text,
	`user_id` text,
	`pattern` text,
	`count` integer,
	`used` integer NOT NULL,
	`is_expected` integer NOT NULL,
	`at` integer NOT NULL,
	`until` integer NOT NULL
);--> statement-breakpoint
INSERT INTO `brake_counts` (`kind`, `subject`, `at`) SELECT `kind`, `link_id`, `at` FROM `removals`;--> statement-breakpoint
DELETE FROM `facts` WHERE `name` IN ('brake_released_until', 'brake_base_users', 'brake_base_groups');
