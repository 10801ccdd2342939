import { derivedId } from '../../platform/ids/index.js';

/**
 * Ids of what a decision makes. They follow from the inquiry and the decision's own key, so a drain that runs twice cannot
 * make two of anything.
 */

export function messageIdOf(inquiryId: string, send: string): string {
  return derivedId(inquiryId, 'message', send);
}

export function intentIdOf(inquiryId: string, send: string): string {
  return derivedId(inquiryId, 'intent', send);
}

export function taskIdOf(inquiryId: string, task: string): string {
  return derivedId(inquiryId, 'task', task);
}

export function callIdOf(inquiryId: string, call: string): string {
  return derivedId(inquiryId, 'call', call);
}

/** The Temporal workflow id; it is readable everywhere and therefore holds ids only. */
export function workflowIdOf(tenantId: string, inquiryId: string): string {
  return `inq:${tenantId}:${inquiryId}`;
}

const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const WORKFLOW_ID = new RegExp(`^inq:(${ID}):(${ID})$`);

/** The inquiry a workflow id names; null for any other workflow. */
export function inquiryOfWorkflow(
  workflowId: string,
): { readonly tenantId: string; readonly inquiryId: string } | null {
  const [, tenantId, inquiryId] = WORKFLOW_ID.exec(workflowId) ?? [];
  return tenantId === undefined || inquiryId === undefined ? null : { tenantId, inquiryId };
}
