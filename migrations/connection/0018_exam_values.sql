CREATE TABLE `exam_values` (
	`type` text NOT NULL,
	`native_id` text NOT NULL,
	`path` text NOT NULL,
	`value` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`type`, `native_id`, `path`)
);
