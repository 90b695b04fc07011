ALTER TABLE `links` ADD `is_alias` integer DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE `links` SET `is_alias` = 1 WHERE `type` = 'User' AND `name_key` IS NOT NULL AND `email_key` IS NOT NULL AND `name_key` <> `email_key`;
