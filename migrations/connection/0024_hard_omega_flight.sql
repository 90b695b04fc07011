ALTER TABLE `planned_records` ADD `before` text;--> statement-breakpoint
ALTER TABLE `planned_records` ADD `kinds` text DEFAULT '[]' NOT NULL;