export { MigrationModule } from './migration.module.js';
export { MigrationRun } from './migration-run.js';
export { Migrations } from './migrations.js';
export type { CountedMigration, NewMigration } from './migrations.js';
export type { ItemState, MigrationItem } from './migration-rows.js';
