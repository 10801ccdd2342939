import type { Command } from '../inquiry/events.js';
import type { InquiryState, TaskState } from '../inquiry/state.js';

const KINDS: Readonly<Partial<Record<Command['kind'], readonly TaskState['kind'][]>>> = {
  reply: ['reply', 'rewrite'],
  not_needed: ['reply', 'rewrite'],
  triage: ['triage'],
  form: ['form'],
  confirm_delivery: ['confirm_delivery'],
  approve: ['approve'],
  return: ['approve'],
  hand_over: ['reply', 'rewrite', 'triage', 'form', 'confirm_delivery'],
};

/** Commands that can be done only to a task; a reply without one is a follow-up. */
const NEEDY: ReadonlySet<Command['kind']> = new Set([
  'not_needed',
  'triage',
  'form',
  'confirm_delivery',
  'approve',
  'return',
  'hand_over',
]);

/** Stands for the hash of whatever is handed in: a simulation reads no words of people. */
export const SIMULATED_CONTENT = { hash: 'simulated', translated: false, attachments: [] } as const;

/** The open task a command is done to; undefined when it needs none, null when it needs one and there is none. */
export function targetOf(command: Command, state: InquiryState): TaskState | undefined | null {
  for (const kind of KINDS[command.kind] ?? []) {
    const task = state.tasks.find((candidate) => candidate.kind === kind);
    if (task !== undefined) return task;
  }
  return NEEDY.has(command.kind) ? null : undefined;
}

/** A command as it is given by whoever has just claimed the task, having read everything. */
export function aimed(command: Command, claim: { readonly key: string; readonly token: number } | null): Command {
  switch (command.kind) {
    case 'reply':
      return { ...command, taskKey: null, token: null, seenPosition: null, inReplyTo: null };
    case 'not_needed':
      return { ...command, taskKey: null, token: null };
    case 'approve':
      return { ...withClaim(command, claim), textHash: SIMULATED_CONTENT.hash, edited: false };
    case 'return':
    case 'triage':
    case 'form':
    case 'confirm_delivery':
    case 'hand_over':
      return withClaim(command, claim);
    case 'assign':
      return { ...command, taskKey: null };
    default:
      return command;
  }
}

function withClaim<C extends Command & { readonly taskKey: string | null }>(
  command: C,
  claim: { readonly key: string; readonly token: number } | null,
): C {
  return claim === null ? command : { ...command, taskKey: claim.key, token: claim.token };
}
