CREATE TABLE `removals` (
	`kind` text NOT NULL,
	`link_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`kind`, `link_id`)
);
--> statement-breakpoint
CREATE INDEX `removals_at` ON `removals` (`at`);