ALTER TABLE `owed` ADD `target` text;--> statement-breakpoint
CREATE INDEX `owed_target` ON `owed` (`target`) WHERE target is not null;