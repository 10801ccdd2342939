export { Database } from './database.js';
export type { DatabaseOptions, PoolUsage, TransactionOptions } from './database.js';
export { databaseErrorCode, isRetryable, isUniqueViolation, isUnreachable, sqlState } from './errors.js';
export { migrate } from './migrate.js';
export { PreparedClient } from './prepared-client.js';
export { Tx } from './tx.js';
export type { Row } from './tx.js';
export { instant, InstantType } from './types.js';
