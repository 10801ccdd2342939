/** Places at which the product is ended; `test/house/kill-points.spec.ts` holds them against the sources. */
export const KILL_POINTS = [
  'accept.before-commit',
  'accept.after-commit',
  'drain.before-commit',
  'drain.after-commit',
  'drain.before-marker',
  'command.before-commit',
  'command.after-commit',
  'command.before-answer',
  'claim.before-commit',
  'claim.after-commit',
  'dispatch.before-commit',
  'dispatch.after-commit',
  'dispatch.before-record',
  'dispatch.before-done',
  'settle.before-commit',
  'settle.after-commit',
  'call.before-commit',
  'call.after-commit',
  'call.before-record',
  'call.before-done',
  'answer.before-commit',
  'answer.after-commit',
  'sweep.before-commit',
  'sweep.after-commit',
  'sweep.before-done',
  'ring.before-done',
  'lease.before-commit',
  'lease.after-commit',
  'lease.before-done',
  'sequence.before-commit',
  'sequence.after-commit',
  'sequence.before-done',
  'archive.before-commit',
  'archive.after-commit',
  'archive.before-done',
  'migration.before-commit',
  'migration.after-commit',
  'migration.before-done',
  'attachment.before-commit',
  'attachment.after-commit',
  'attachment.before-record',
  'attachment.before-done',
  'notify.before-commit',
  'notify.after-commit',
  'notify.before-record',
  'notify.before-done',
  'notified.before-commit',
  'notified.after-commit',
  'notice.before-done',
  'receipt.before-commit',
  'receipt.after-commit',
  'retention.before-commit',
  'retention.after-commit',
  'continue.before-report',
  'continue.after-start',
] as const;

/** The same on the way to and from platforms; `channels.spec.ts`. The first is passed when access is renewed by a token that works once. */
export const TOKEN_KILL_POINT = 'refresh.before-save';
export const CHANNEL_KILL_POINTS = ['fetch.before-done', 'catch_up.before-done', 'reconcile.before-done'] as const;

/** The same between a file that somebody uploads and the record that it is there; `channels.spec.ts` too. */
export const UPLOAD_KILL_POINT = 'upload.before-record';

/** The same for what happens once, before the product is there. */
export const MIGRATION_KILL_POINTS = ['migrate.before-step', 'migrate.after-step'] as const;
