ALTER TABLE `connections` ADD `protected` text DEFAULT '{"users":[],"groups":[]}' NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `brake` text;