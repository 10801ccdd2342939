export { LONG_SECONDS, SHORT_SECONDS } from './buckets.js';
export { Metrics } from './metrics.js';
export type { Count, Distribution, Labels, MetricDescription, MetricSource, Reading } from './metrics.js';
export { MetricsServer } from './metrics-server.js';
export { freeLoopbackAddress, scraped } from './sdk-metrics.js';
