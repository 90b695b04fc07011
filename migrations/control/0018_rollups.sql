CREATE TABLE `rollups` (
	`connection_id` text NOT NULL,
	`is_shadow` integer NOT NULL,
	`at` integer NOT NULL,
	`requests` integer NOT NULL,
	`failures` integer NOT NULL,
	`last_request_at` integer,
	`hours` text NOT NULL,
	`held` integer NOT NULL,
	`alarms` integer NOT NULL,
	`owed` integer NOT NULL,
	`parked` integer NOT NULL,
	`indexing` text NOT NULL,
	PRIMARY KEY(`connection_id`, `is_shadow`)
);
