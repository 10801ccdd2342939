export type { ChannelsConfig } from './channels/channels.js';
export { BootError, describeProblem } from './boot-error.js';
export type { BucketConfig, FilesConfig } from './files.js';
export { ConfigError } from './config-error.js';
export type { ConfigProblem } from './config-error.js';
export type { Config, DatabaseConfig, HttpConfig, LogLevel, RateConfig, Role, TemporalConfig } from './config.js';
export { assertUtc, loadConfig } from './load-config.js';
export { maskedConfig, maskedUrl } from './masked-config.js';
