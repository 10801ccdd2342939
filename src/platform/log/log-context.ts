import { AsyncLocalStorage } from 'node:async_hooks';

/** Ids that every line written during one piece of work carries. Ids only: they are not masked. */
export type LogContext = {
  readonly requestId?: string;
  readonly inquiryId?: string;
  readonly traceId?: string;
  readonly tenantId?: string;
};

const storage = new AsyncLocalStorage<LogContext>();

/**
 * Runs the work so that each line logged by it, and by whatever it awaits, carries these ids. Contexts nest: the inner one
 * adds to the outer.
 *
 * @returns what the work returns
 */
export function runWithLogContext<T>(context: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, work);
}

/** Adds ids that became known while the work runs; no effect outside of {@link runWithLogContext}. */
export function addToLogContext(context: LogContext): void {
  const store = storage.getStore();
  if (store !== undefined) Object.assign(store, context);
}

/** The ids of the work that is running; empty outside of {@link runWithLogContext}. */
export function currentLogContext(): LogContext {
  return storage.getStore() ?? {};
}
