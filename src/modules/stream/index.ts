export type { PlacedEvent } from './placed-events.js';
export { pruneStream } from './prune.js';
export { Sequencer } from './sequencer.js';
export { publish } from './stream.js';
export type { StreamEvent, StreamKind } from './stream.js';
export { StreamFeed } from './stream-feed.js';
export type { FeedItem, Following } from './stream-feed.js';
export { StreamModule } from './stream.module.js';
