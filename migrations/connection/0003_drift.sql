CREATE TABLE `drifts` (
	`kind` text NOT NULL,
	`link_id` text NOT NULL,
	`other_id` text NOT NULL,
	`at` integer NOT NULL,
	`is_repaired` integer NOT NULL,
	PRIMARY KEY(`kind`, `link_id`, `other_id`)
);
