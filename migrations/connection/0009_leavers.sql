CREATE TABLE `owed` (
	`link_id` text NOT NULL,
	`path` text NOT NULL,
	`kind` text NOT NULL,
	`operation` text NOT NULL,
	`why` text NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`link_id`, `path`)
);
--> statement-breakpoint
ALTER TABLE `links` ADD `native_name` text;--> statement-breakpoint
ALTER TABLE `links` ADD `native_name_key` text;--> statement-breakpoint
ALTER TABLE `links` ADD `left` text;--> statement-breakpoint
CREATE INDEX `links_native_name` ON `links` (`type`,`native_name_key`) WHERE native_name_key is not null;