CREATE TABLE `request_hours` (
	`hour` integer PRIMARY KEY NOT NULL,
	`requests` integer NOT NULL,
	`failures` integer NOT NULL,
	`last_at` integer NOT NULL
);
