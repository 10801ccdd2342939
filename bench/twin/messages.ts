import { defineSignal, defineUpdate } from '@temporalio/workflow';

/** The twin's contract: the least a hand-written workflow of the same steps needs. */

export type TwinInput = { readonly id: string; readonly text: string };
export type TwinWrite = { readonly id: string; readonly ring: 'open' | 'reply' | 'close'; readonly text: string };
export type TwinActivities = {
  /** One transaction with one insert. */
  write(row: TwinWrite): Promise<void>;
};

export const message = defineSignal<[]>('message');
export const reply = defineUpdate<void, [string]>('reply');
export const close = defineUpdate<void, []>('close');
