CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`connections` text,
	`hash` text NOT NULL,
	`hint` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_unique` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_name` ON `api_keys` (`name`) WHERE revoked_at is null;--> statement-breakpoint
CREATE TABLE `gateway_alarms` (
	`kind` text PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`last_at` integer NOT NULL,
	`acknowledged_at` integer,
	`acknowledged_by` text
);
--> statement-breakpoint
CREATE TABLE `refused_calls` (
	`minute` integer NOT NULL,
	`address` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`minute`, `address`)
);
--> statement-breakpoint
CREATE TABLE `__new_audit` (
	`chain` text NOT NULL,
	`seq` integer NOT NULL,
	`id` text NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`role` text,
	`address` text NOT NULL,
	`method` text NOT NULL,
	`route` text NOT NULL,
	`target` text,
	`connection` text,
	`connection_id` text,
	`fields` text NOT NULL,
	`status` integer NOT NULL,
	`request_id` text NOT NULL,
	`before` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`chain`, `seq`)
);
--> statement-breakpoint
INSERT INTO `__new_audit`("chain", "seq", "id", "at", "actor", "actor_kind", "address", "method", "route", "connection", "fields", "status", "request_id", "before", "hash")
SELECT chain, row_number() OVER (PARTITION BY chain ORDER BY place), id, at, actor, CASE actor WHEN 'refused' THEN 'refused' ELSE 'break-glass' END, '', method, route, connection, fields, status, request_id, '', ''
FROM (SELECT rowid AS place, CASE WHEN method IN ('GET', 'HEAD') AND actor <> 'refused' THEN 'reads' ELSE 'changes' END AS chain, * FROM `audit`) ORDER BY place;--> statement-breakpoint
DROP TABLE `audit`;--> statement-breakpoint
ALTER TABLE `__new_audit` RENAME TO `audit`;--> statement-breakpoint
CREATE INDEX `audit_at` ON `audit` (`at`);--> statement-breakpoint
CREATE INDEX `audit_id` ON `audit` (`id`);