ALTER TABLE `connections` ADD `parking` text DEFAULT 'on-demand' NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `restore_within_days` integer DEFAULT 30 NOT NULL;