INSERT INTO `entrance_credentials` (`id`, `connection_id`, `kind`, `label`, `hash`, `scopes`, `created_by`, `created_at`, `expires_at`, `revoked_at`)
SELECT `id`, `connection_id`, 'bearer', `label`, `hash`, '["users","groups"]', 'administrator', `created_at`, `expires_at`, `revoked_at` FROM `tokens`;
--> statement-breakpoint
DROP TABLE `tokens`;
