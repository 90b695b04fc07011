CREATE TABLE `list_pages` (
	`type` text NOT NULL,
	`start` integer NOT NULL,
	`cursor` text,
	`rows` integer NOT NULL,
	`sweep` integer NOT NULL,
	PRIMARY KEY(`type`, `start`)
);
--> statement-breakpoint
ALTER TABLE `digests` ADD `whole` text;--> statement-breakpoint
ALTER TABLE `links` ADD `page` integer;