import { NAMED_OBLIGATIONS } from '../../../../domain/definition/plan.js';
import type { ClockKind, ObligationName } from '../../../../domain/definition/plan.js';
import { parseWithin, printDuration } from '../../../../domain/definition/durations.js';
import type { DefinitionDocument, ObligationDocument } from '../schema/schema.js';
import type { ActionDocument } from '../schema/actions.js';
import type { Path } from '../source.js';
import type { Report } from './report.js';

const DAY = 86_400_000;

/** The clock an obligation runs on when it does not say (docs/definitions.md). */
export function clockOf(name: string, { clock }: ObligationDocument): ClockKind {
  return clock ?? (name === 'acknowledge' || name === 'platform_response' ? 'wall' : 'house');
}

/** The texts of `within:`, with their places. */
export function targetsOf(name: string, { within }: ObligationDocument): readonly { path: Path; text: string }[] {
  const path = ['obligations', name, 'within'];
  if (typeof within === 'string') return [{ path, text: within }];
  return within.map(({ is }, index) => ({ path: [...path, index, 'is'], text: is }));
}

function checkTargets(report: Report, name: string, obligation: ObligationDocument): void {
  for (const { path, text } of targetsOf(name, obligation)) {
    const within = parseWithin(text);
    if (within && 'platform' in within && name !== 'platform_response') {
      const message = "only platform_response can take the channel's own rule";
      report.add('schema_invalid', path, message, 'Write a duration.');
    }
    if (within && 'businessDays' in within && clockOf(name, obligation) === 'wall') {
      const message = 'business days pass on the house clock only';
      report.add('schema_invalid', path, message, 'Write clock: house, or a duration such as 3d.');
    }
  }
}

function checkClock(report: Report, name: string, obligation: ObligationDocument): void {
  const path = ['obligations', name];
  const clock = clockOf(name, obligation);
  if (clock === 'wall' && obligation.pauseWhile) {
    const message = `"${name}" runs on the wall clock, which never pauses`;
    report.add('pause_on_wall_clock', [...path, 'pauseWhile'], message, 'Remove pauseWhile, or write clock: house.');
  }
  if (clock === 'house' && obligation.calendar === undefined && report.document.calendar === undefined) {
    const message = `"${name}" runs on the house clock, but no calendar is named`;
    report.addAtKey('unknown_calendar', path, message, 'Add calendar: to the definition, or write clock: wall.');
  }
}

/** True for the obligations whose start and end the language itself fixes (docs/definitions.md). */
export function isNamed(name: string): name is ObligationName {
  return (NAMED_OBLIGATIONS as readonly string[]).includes(name);
}

const RESPONSES = ['first_response', 'next_response'];

/** A target counts as longer than the channel's own rule when even an ever-open house could not keep both. */
function checkPlatform(report: Report, name: string, obligation: ObligationDocument): void {
  if (!RESPONSES.includes(name)) return;
  for (const { path, text } of targetsOf(name, obligation)) {
    const within = parseWithin(text);
    const ms =
      within && 'ms' in within ? within.ms : within && 'businessDays' in within ? within.businessDays * DAY : 0;
    for (const channel of report.environment.channels) {
      const limit = channel.capabilities.respondWithinMs;
      if (limit === undefined || ms <= limit || !report.channels.includes(channel.name)) continue;
      const message = `${channel.name} counts an answer after ${printDuration(limit)} as late; this allows ${text}`;
      report.add('deadline_longer_than_platform', path, message, `Allow at most ${printDuration(limit)}.`);
    }
  }
}

function checkUse(report: Report, name: string, obligation: ObligationDocument): void {
  const never = obligation.when?.trim() === 'false';
  const ruled = report.environment.channels.filter(({ capabilities }) => capabilities.platformRule);
  const platform = targetsOf(name, obligation).every(({ text }) => text === 'platform');
  const ruleless = platform && !ruled.some((channel) => report.channels.includes(channel.name));
  if (!never && !ruleless) return;
  const message = never ? `"${name}" never begins` : `no listed channel has a rule of its own for "${name}"`;
  report.addAtKey('unused_obligation', ['obligations', name], message, 'Remove it.');
}

const namesSomebody = (report: Report, { notify, reassign }: ActionDocument): boolean => {
  const queue = reassign?.queue ?? (notify?.to.startsWith('queue:') ? notify.to.slice('queue:'.length) : undefined);
  if (queue === undefined) return notify !== undefined;
  return report.environment.queues.find(({ key }) => key === queue)?.hasMembers ?? true;
};

function checkChains(report: Report, document: DefinitionDocument): void {
  const used = new Set(Object.values(document.obligations ?? {}).map(({ escalate }) => escalate));
  for (const [chain, levels] of Object.entries(document.escalations ?? {})) {
    const path = ['escalations', chain];
    if (!used.has(chain)) {
      report.addAtKey(
        'unused_chain',
        path,
        `no obligation escalates to "${chain}"`,
        'Name it in escalate:, or remove it.',
      );
    }
    const last = levels.at(-1);
    if (!last || last.do.some((action) => namesSomebody(report, action))) continue;
    const message = `the last level of "${chain}" reaches nobody`;
    const remedy = 'Let it notify somebody, or reassign to a queue that has members.';
    report.add('chain_names_nobody', [...path, levels.length - 1], message, remedy);
  }
}

/** When an obligation with a name of its own starts, and what meets it; a step that is never left meets nothing. */
function checkMoments(report: Report, name: string, { startOn, metBy }: ObligationDocument): void {
  const path = ['obligations', name];
  if (startOn === undefined) {
    const remedy = 'Add startOn: opening, the id of a step or event:<name>.';
    report.addAtKey('schema_invalid', path, `the definition does not say when "${name}" starts`, remedy);
    return;
  }
  if (metBy !== undefined) return;
  if (startOn === 'opening' || startOn.startsWith('event:')) {
    const remedy = 'Add metBy: human_reply, close or event:<name>.';
    report.addAtKey('schema_invalid', path, `the definition does not say what meets "${name}"`, remedy);
  } else if (report.document.steps.some(({ id, close }) => id === startOn && close !== undefined)) {
    const message = `"${startOn}" is never left: the inquiry ends there`;
    report.add('schema_invalid', [...path, 'startOn'], message, 'Name another step.');
  }
}

/** Obligations and chains: clocks, targets, pauses, and whether anybody is reached in the end. */
export function checkObligations(report: Report): void {
  for (const [name, obligation] of Object.entries(report.document.obligations ?? {})) {
    checkTargets(report, name, obligation);
    checkClock(report, name, obligation);
    checkPlatform(report, name, obligation);
    checkUse(report, name, obligation);
    if (!isNamed(name)) {
      checkMoments(report, name, obligation);
      continue;
    }
    const own = obligation.startOn !== undefined ? 'startOn' : 'metBy';
    if (obligation[own] === undefined) continue;
    const message = `the language says when "${name}" starts and what meets it`;
    report.addAtKey(
      'schema_invalid',
      ['obligations', name, own],
      message,
      'Remove it, or give the obligation its own name.',
    );
  }
  checkChains(report, report.document);
}
