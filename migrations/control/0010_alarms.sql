ALTER TABLE `connections` ADD `retire_after_days` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `retire` text DEFAULT 'release' NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `open_alarms` integer DEFAULT 0 NOT NULL;