CREATE TABLE `doubts` (
	`link_id` text PRIMARY KEY NOT NULL,
	`ends_at` integer NOT NULL,
	`paths` text,
	`joining` text NOT NULL,
	`told_at` integer,
	`due_at` integer NOT NULL,
	`repairs` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE `intents` ADD `acts_until` integer DEFAULT 0 NOT NULL;