CREATE TABLE `planned_members` (
	`group_id` text NOT NULL,
	`user_id` text NOT NULL,
	`op` text NOT NULL,
	PRIMARY KEY(`group_id`, `user_id`)
);
--> statement-breakpoint
CREATE TABLE `planned_records` (
	`type` text NOT NULL,
	`native_id` text NOT NULL,
	`values` text,
	`is_new` integer NOT NULL,
	PRIMARY KEY(`type`, `native_id`)
);
--> statement-breakpoint
CREATE TABLE `planned_steps` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`step` text NOT NULL,
	`type` text NOT NULL,
	`native_id` text NOT NULL,
	`what` text NOT NULL,
	`is_deactivation` integer NOT NULL
);
