CREATE TABLE `principals` (
	`type` text NOT NULL,
	`name` text NOT NULL,
	`key` text,
	`native_id` text,
	PRIMARY KEY(`type`, `name`)
);
