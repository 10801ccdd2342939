export { audit, requestSequence } from './audit.js';
export type { AuditActor, AuditRecord } from './audit.js';
export { readAudit } from './audit-reader.js';
export type { AuditEventView, AuditFilter, AuditSelection } from './audit-reader.js';
