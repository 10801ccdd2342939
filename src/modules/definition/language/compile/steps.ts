import type { ApprovePlan, FormField, FormPlan, StepPlan, WaitEnd } from '../../../../domain/definition/plan.js';
import { parseDuration } from '../../../../domain/definition/durations.js';
import type { StepDocument } from '../schema/steps.js';
import { compileNotify, compileSend, compileSet, conditionAt, expressionAt, required } from './parts.js';

/** What the language assumes where a definition says nothing. */
export const STEP_DEFAULTS = {
  strategy: 'least_loaded',
  acceptWithin: '10m',
  lease: '20m',
  onExpiry: 'escalate',
  reason: 'resolved',
  reopenWithin: '7d',
  retention: 'order',
  attempts: 3,
} as const;

const EVENT = 'event:';

type WithoutEdges<Step> = Step extends StepPlan ? Omit<Step, 'id' | 'on' | 'goto'> : never;

/** What a step of one kind does, without its id and the ways out of it. */
type Of<Kind extends StepPlan['kind']> = Extract<WithoutEdges<StepPlan>, { readonly kind: Kind }>;

const milliseconds = (path: string, text: string): number => required(parseDuration(text), path);

function compileAssign(path: string, assign: NonNullable<StepDocument['assign']>): Of<'assign'> {
  return {
    kind: 'assign',
    queues: typeof assign.queue === 'string' ? [assign.queue] : assign.queue,
    strategy: assign.strategy ?? STEP_DEFAULTS.strategy,
    preferLastAgent: assign.preferLastAgent ?? false,
    acceptWithinMs: milliseconds(`${path}.acceptWithin`, assign.acceptWithin ?? STEP_DEFAULTS.acceptWithin),
  };
}

function compileTask(path: string, task: NonNullable<StepDocument['task']>): Of<'task'> {
  return {
    kind: 'task',
    task: task.kind,
    leaseMs: milliseconds(`${path}.lease`, task.lease ?? STEP_DEFAULTS.lease),
    draft: task.draft ?? null,
    expiresMs: task.expires === undefined ? null : milliseconds(`${path}.expires`, task.expires),
    form: task.kind === 'form' ? compileForm(task) : null,
    approve: task.approve === undefined ? null : compileApprove(`${path}.approve`, task.approve),
  };
}

const QUEUE = 'queue:';

function compileApprove(
  path: string,
  { when, by, within, onExpiry, edit }: NonNullable<NonNullable<StepDocument['task']>['approve']>,
): ApprovePlan {
  return {
    when: conditionAt(path, when),
    by: by.startsWith(QUEUE) ? { queue: by.slice(QUEUE.length) } : { role: by as 'supervisor' | 'agent' },
    withinMs: within === undefined ? null : milliseconds(`${path}.within`, within),
    onExpiry: onExpiry ?? STEP_DEFAULTS.onExpiry,
    edit: edit ?? false,
  };
}

function compileForm({ fields, outcomes }: NonNullable<StepDocument['task']>): FormPlan {
  const compiled = Object.entries(fields ?? {}).map(([name, field]): FormField => {
    const {
      type,
      choices = [],
      personal = false,
      optional = false,
    } = typeof field === 'string' ? { type: field } : field;
    return { name, type, choices, personal, optional };
  });
  return { fields: compiled, outcomes: outcomes ?? [] };
}

function waitEnd(path: string, until: string | undefined): WaitEnd | null {
  if (until === undefined) return null;
  const ms = parseDuration(until);
  return ms === null ? { at: expressionAt(`${path}.until`, until) } : { ms };
}

function compileClose(path: string, close: NonNullable<StepDocument['close']>): Of<'close'> {
  return {
    kind: 'close',
    reason: close.reason ?? STEP_DEFAULTS.reason,
    reopenWithinMs: milliseconds(`${path}.reopenWithin`, close.reopenWithin ?? STEP_DEFAULTS.reopenWithin),
    retention: close.retention ?? STEP_DEFAULTS.retention,
  };
}

function compileCall(path: string, call: NonNullable<StepDocument['call']>): Of<'call'> {
  const { connection, operation, body, returns, attempts, check } = call;
  const values = Object.entries(body ?? {}).map(([name, source]) => {
    return [name, expressionAt(`${path}.body.${name}`, source)] as const;
  });
  return {
    ...{ kind: 'call', connection, operation },
    body: Object.fromEntries(values),
    returns: returns ?? {},
    attempts: attempts ?? STEP_DEFAULTS.attempts,
    check: check ?? null,
  };
}

function compileBody(path: string, step: StepDocument): Of<StepPlan['kind']> {
  const { choose, set, send, assign, task, wait, notify, call, close } = step;
  if (step.classify) return { kind: 'classify' };
  if (choose) {
    const choices = choose.map(({ when, goto }, index) => {
      return { when: expressionAt(`${path}.choose.${index}.when`, when), goto };
    });
    return { kind: 'choose', choices };
  }
  if (set) return { kind: 'set', set: compileSet(`${path}.set`, set) };
  if (send) return { kind: 'send', send: compileSend(`${path}.send`, send) };
  if (assign) return compileAssign(`${path}.assign`, assign);
  if (task) return compileTask(`${path}.task`, task);
  if (wait) {
    const until = waitEnd(`${path}.wait`, wait.until);
    const awaited = wait.for ?? ['buyer_message'];
    const events = awaited.flatMap((what) => (what.startsWith(EVENT) ? [what.slice(EVENT.length)] : []));
    const messages = awaited.includes('buyer_message');
    return { kind: 'wait', messages, events, until, clock: wait.clock ?? 'wall', as: wait.as ?? 'waiting_buyer' };
  }
  if (notify) return { kind: 'notify', notify: compileNotify(notify) };
  if (call) return compileCall(`${path}.call`, call);
  return compileClose(`${path}.close`, required(close, path));
}

/** One step with its defaults; the ids of its expressions are their places in the document. */
export function compileStep(step: StepDocument): StepPlan {
  const path = `steps.${step.id}`;
  return { id: step.id, on: step.on ?? {}, goto: step.goto ?? null, ...compileBody(path, step) };
}
