export { audit, requestSequence } from './audit.js';
export type { AuditActor, AuditRecord } from './audit.js';
