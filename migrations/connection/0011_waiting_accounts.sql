CREATE TABLE `waiting_accounts` (
	`native_id` text PRIMARY KEY NOT NULL,
	`values` text NOT NULL
);
