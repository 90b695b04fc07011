CREATE TABLE `owed_once` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`link_id` text NOT NULL,
	`key` text NOT NULL,
	`operation` text NOT NULL,
	`target` text,
	`why` text NOT NULL,
	`since` integer NOT NULL,
	`due_at` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`is_parked` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
INSERT INTO `owed_once`
SELECT lower(hex(randomblob(16))),
	CASE WHEN `kind` <> 'dropped' THEN `kind` WHEN `path` = 'sessions' THEN 'sessions' WHEN `target` IS NULL AND json_extract(`operation`, '$.value') IS NULL THEN 'copy' ELSE 'reference' END,
	`link_id`, `path`, `operation`, `target`, `why`, `since`,
	CASE WHEN `kind` IN ('reference', 'copy', 'sessions') THEN 0 END, 0, `kind` = 'dropped'
FROM `owed`;--> statement-breakpoint
INSERT INTO `owed_once`
SELECT `id`, 'membership', `group_id`, `user_id`, json_object('op', `op`), NULL, coalesce(`parked`, 'the request had no time left for it'),
	`created_at`, `retry_at`, `failures`, `parked` IS NOT NULL
FROM `outbox`;--> statement-breakpoint
INSERT INTO `owed_once`
SELECT lower(hex(randomblob(16))), 'disable', `link_id`, 'active', '{"op":"replace","value":false}', NULL, 'the product could not do it yet',
	unixepoch() * 1000, `retry_at`, `failures`, 0
FROM `overlays` WHERE `reason` = 'deactivation';--> statement-breakpoint
INSERT INTO `owed_once`
SELECT lower(hex(randomblob(16))), 'licence', `id`, 'licence', '{"op":"set"}', NULL, coalesce(`seat_note`, 'the licence that the groups give has changed'),
	unixepoch() * 1000, 0, 0, NOT `is_seat_due` AND `seat_note` <> 'the person must confirm at the product first'
FROM `links` WHERE `state` = 'live' AND (`is_seat_due` = 1 OR `seat_note` IS NOT NULL);--> statement-breakpoint
DROP TABLE `owed`;--> statement-breakpoint
ALTER TABLE `owed_once` RENAME TO `owed`;--> statement-breakpoint
CREATE UNIQUE INDEX `owed_thing` ON `owed` (`link_id`,`key`);--> statement-breakpoint
CREATE INDEX `owed_due` ON `owed` (`kind`,`is_parked`,`due_at`,`id`);--> statement-breakpoint
CREATE INDEX `owed_membership` ON `owed` (`key`) WHERE kind = 'membership';--> statement-breakpoint
CREATE INDEX `owed_target` ON `owed` (`target`) WHERE target is not null;--> statement-breakpoint
DROP TABLE `outbox`;--> statement-breakpoint
DROP INDEX `links_seat_due`;--> statement-breakpoint
ALTER TABLE `links` DROP COLUMN `is_seat_due`;--> statement-breakpoint
ALTER TABLE `links` DROP COLUMN `seat_note`;--> statement-breakpoint
DROP INDEX `overlays_retry`;--> statement-breakpoint
ALTER TABLE `overlays` DROP COLUMN `retry_at`;--> statement-breakpoint
ALTER TABLE `overlays` DROP COLUMN `failures`;--> statement-breakpoint
DELETE FROM `due_jobs` WHERE `job` IN ('journal', 'seats', 'consents', 'deactivations', 'doubts', 'outbox', 'references', 'sessions');--> statement-breakpoint
INSERT INTO `due_jobs` SELECT DISTINCT `kind`, 0, 0 FROM `owed` WHERE `due_at` IS NOT NULL AND `is_parked` = 0;--> statement-breakpoint
INSERT INTO `due_jobs` SELECT DISTINCT 'write', 0, 0 FROM `intents` WHERE `state` = 'open';--> statement-breakpoint
INSERT INTO `due_jobs` SELECT DISTINCT 'doubt', 0, 0 FROM `doubts`;
