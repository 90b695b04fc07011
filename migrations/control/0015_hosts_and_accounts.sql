ALTER TABLE `connections` ADD `account_marks` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `allowed_hosts` text;