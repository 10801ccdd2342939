export { connectionPatchSchema, connectionSpecSchema } from './connection-spec.js';
export { ConnectionEntity, ConnectionVersionEntity } from './connection.entities.js';
export { ConnectionModule } from './connection.module.js';
export { Connections } from './connections.js';
export type { ConfiguredConnection } from './connections.js';
