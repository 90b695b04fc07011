ALTER TABLE `overlays` ADD `retry_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `overlays` ADD `failures` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `overlays_retry` ON `overlays` (`retry_at`) WHERE reason = 'deactivation';