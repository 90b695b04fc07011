CREATE TABLE `alarms` (
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`since` integer NOT NULL,
	`ids` text NOT NULL,
	`count` integer NOT NULL,
	`total` integer,
	`reason` text,
	`pass` integer,
	`held_at` integer,
	`acknowledged_at` integer,
	`acknowledged_by` text,
	PRIMARY KEY(`kind`, `subject`)
);
--> statement-breakpoint
CREATE TABLE `sights` (
	`link_id` text PRIMARY KEY NOT NULL,
	`seen_at` integer NOT NULL,
	`matched_at` integer,
	`said` text
);
--> statement-breakpoint
ALTER TABLE `digests` ADD `former` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `digests` ADD `behind` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `digests` ADD `behind_at` integer;--> statement-breakpoint
CREATE INDEX `digests_behind` ON `digests` (`behind_at`) WHERE behind_at is not null;--> statement-breakpoint
INSERT INTO `alarms` (`kind`, `subject`, `since`, `ids`, `count`, `pass`) SELECT 'vanished', `type`, coalesce(`completed_at`, `started_at`, 0), '[]', CAST(`alarm` AS integer), `generation` FROM `sweeps` WHERE `alarm` LIKE '%vanished%';--> statement-breakpoint
INSERT OR IGNORE INTO `due_jobs` (`job`, `due_at`, `failures`) SELECT 'alarms', 0, 0 WHERE EXISTS (SELECT 1 FROM `alarms`);--> statement-breakpoint
ALTER TABLE `sweeps` DROP COLUMN `alarm`;