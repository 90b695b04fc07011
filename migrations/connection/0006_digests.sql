CREATE TABLE `digests` (
	`link_id` text PRIMARY KEY NOT NULL,
	`paths` text NOT NULL,
	`written_at` integer NOT NULL
);
