CREATE TABLE `pointer_targets` (
	`link_id` text NOT NULL,
	`path` text NOT NULL,
	`target_id` text NOT NULL,
	PRIMARY KEY(`link_id`, `path`)
);
--> statement-breakpoint
CREATE INDEX `pointer_targets_target` ON `pointer_targets` (`target_id`);--> statement-breakpoint
CREATE TABLE `row_counts` (
	`of` text PRIMARY KEY NOT NULL,
	`size` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `traces` ADD `lock_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `intents_open` ON `intents` (`kind`,`attempted_at`,`id`) WHERE state = 'open';
--> statement-breakpoint
INSERT INTO `pointer_targets`
SELECT `links`.`id`, `pointer`.`key`, json_extract(`pointer`.`value`, '$.id') FROM `links`, json_each(`links`.`pointers`) AS `pointer`
WHERE `links`.`pointers` IS NOT NULL;--> statement-breakpoint
INSERT INTO `row_counts` (`of`, `size`)
SELECT 'User', count(*) FROM `links` WHERE `type` = 'User' AND `state` = 'live'
UNION ALL SELECT 'Group', count(*) FROM `links` WHERE `type` = 'Group' AND `state` = 'live'
UNION ALL SELECT 'ActiveUser', count(*) FROM `links` WHERE `type` = 'User' AND `state` = 'live' AND `is_active` = 1
UNION ALL SELECT 'Licence', count(*) FROM `links` WHERE `type` = 'User' AND `state` = 'live' AND `seat` IS NOT NULL
UNION ALL SELECT 'Membership', count(*) FROM `members`;--> statement-breakpoint
CREATE TRIGGER `links_inserted` AFTER INSERT ON `links` WHEN new.`state` = 'live' BEGIN
	UPDATE `row_counts` SET `size` = `size` + 1 WHERE `of` IN (new.`type`,
		CASE WHEN new.`type` = 'User' AND new.`is_active` = 1 THEN 'ActiveUser' END,
		CASE WHEN new.`type` = 'User' AND new.`seat` IS NOT NULL THEN 'Licence' END);
END;--> statement-breakpoint
CREATE TRIGGER `links_deleted` AFTER DELETE ON `links` WHEN old.`state` = 'live' BEGIN
	UPDATE `row_counts` SET `size` = `size` - 1 WHERE `of` IN (old.`type`,
		CASE WHEN old.`type` = 'User' AND old.`is_active` = 1 THEN 'ActiveUser' END,
		CASE WHEN old.`type` = 'User' AND old.`seat` IS NOT NULL THEN 'Licence' END);
END;--> statement-breakpoint
CREATE TRIGGER `links_changed` AFTER UPDATE OF `state`, `is_active`, `seat` ON `links`
WHEN old.`state` <> new.`state` OR old.`is_active` <> new.`is_active` OR (old.`seat` IS NULL) <> (new.`seat` IS NULL) BEGIN
	UPDATE `row_counts` SET `size` = `size` - 1 WHERE old.`state` = 'live' AND `of` IN (old.`type`,
		CASE WHEN old.`type` = 'User' AND old.`is_active` = 1 THEN 'ActiveUser' END,
		CASE WHEN old.`type` = 'User' AND old.`seat` IS NOT NULL THEN 'Licence' END);
	UPDATE `row_counts` SET `size` = `size` + 1 WHERE new.`state` = 'live' AND `of` IN (new.`type`,
		CASE WHEN new.`type` = 'User' AND new.`is_active` = 1 THEN 'ActiveUser' END,
		CASE WHEN new.`type` = 'User' AND new.`seat` IS NOT NULL THEN 'Licence' END);
END;--> statement-breakpoint
CREATE TRIGGER `members_inserted` AFTER INSERT ON `members` BEGIN
	UPDATE `row_counts` SET `size` = `size` + 1 WHERE `of` = 'Membership';
END;--> statement-breakpoint
CREATE TRIGGER `members_deleted` AFTER DELETE ON `members` BEGIN
	UPDATE `row_counts` SET `size` = `size` - 1 WHERE `of` = 'Membership';
END;--> statement-breakpoint
CREATE TRIGGER `pointers_inserted` AFTER INSERT ON `links` WHEN new.`pointers` IS NOT NULL BEGIN
	INSERT INTO `pointer_targets` SELECT new.`id`, `key`, json_extract(`value`, '$.id') FROM json_each(new.`pointers`);
END;--> statement-breakpoint
CREATE TRIGGER `pointers_changed` AFTER UPDATE OF `pointers` ON `links` WHEN old.`pointers` IS NOT new.`pointers` BEGIN
	DELETE FROM `pointer_targets` WHERE `link_id` = old.`id`;
	INSERT INTO `pointer_targets` SELECT new.`id`, `key`, json_extract(`value`, '$.id') FROM json_each(new.`pointers`);
END;--> statement-breakpoint
CREATE TRIGGER `pointers_deleted` AFTER DELETE ON `links` WHEN old.`pointers` IS NOT NULL BEGIN
	DELETE FROM `pointer_targets` WHERE `link_id` = old.`id`;
END;
