import { nearest } from '../../../../domain/expression/nearest.js';
import type { ProblemCode } from '../problem.js';
import type { Path } from '../source.js';
import { actionsOf, queuesOf, sendsOf, stepsOf, templatesOf } from '../walk.js';
import type { Report } from './report.js';

type Reference = { readonly path: Path; readonly key: string };

function expectKnown(
  report: Report,
  code: ProblemCode,
  word: string,
  known: readonly string[],
  references: readonly Reference[],
): void {
  for (const { path, key } of references) {
    if (known.includes(key)) continue;
    const best = nearest(key, known);
    const remedy = best === null ? `Create the ${word} first, or name another.` : `Did you mean "${best}"?`;
    report.add(code, path, `there is no ${word} "${key}"`, remedy);
  }
}

const optional = (path: Path, key: string | undefined): readonly Reference[] =>
  key === undefined ? [] : [{ path, key }];

/** Names of steps wherever one is named. */
function stepReferences(report: Report): readonly Reference[] {
  const { document } = report;
  const ofSteps = stepsOf(document).flatMap(({ path, step }) => [
    ...optional([...path, 'goto'], step.goto),
    ...Object.entries(step.on ?? {}).map(([outcome, key]) => ({ path: [...path, 'on', outcome], key })),
    ...(step.choose ?? []).map(({ goto }, index) => ({ path: [...path, 'choose', index, 'goto'], key: goto })),
  ]);
  const ofActions = actionsOf(document).flatMap(({ path, action }) => optional([...path, 'goto'], action.goto));
  const ofObligations = Object.entries(document.obligations ?? {}).flatMap(([name, { startOn }]) =>
    startOn === undefined || startOn === 'opening' || startOn.startsWith('event:')
      ? []
      : [{ path: ['obligations', name, 'startOn'], key: startOn }],
  );
  return [...ofSteps, ...ofActions, ...ofObligations];
}

function eventReferences(report: Report): readonly Reference[] {
  const { document } = report;
  const event = (path: Path, text: string | undefined): readonly Reference[] =>
    text?.startsWith('event:') ? [{ path, key: text.slice('event:'.length) }] : [];
  const ofSteps = stepsOf(document).flatMap(({ path, step }) =>
    (step.wait?.for ?? []).flatMap((text, index) => event([...path, 'wait', 'for', index], text)),
  );
  const ofObligations = Object.entries(document.obligations ?? {}).flatMap(([name, { startOn, metBy }]) => [
    ...event(['obligations', name, 'startOn'], startOn),
    ...event(['obligations', name, 'metBy'], metBy),
  ]);
  return [...ofSteps, ...ofObligations];
}

function templateReferences(report: Report): readonly Reference[] {
  const { document } = report;
  const sends = sendsOf(document).flatMap(({ path, send }) =>
    templatesOf(send).map((template) => ({ path: [...path, ...template.path], key: template.key })),
  );
  const drafts = stepsOf(document).flatMap(({ path, step }) => optional([...path, 'task', 'draft'], step.task?.draft));
  return [...sends, ...drafts];
}

function fieldReferences(report: Report): readonly Reference[] {
  const { document } = report;
  const fields = (path: Path, data: object | undefined): readonly Reference[] =>
    Object.keys(data ?? {}).map((key) => ({ path: [...path, 'set', 'data', key], key }));
  return [
    ...stepsOf(document).flatMap(({ path, step }) => fields(path, step.set?.data)),
    ...actionsOf(document).flatMap(({ path, action }) => fields(path, action.set?.data)),
  ];
}

function checkDuplicates(report: Report, list: 'steps' | 'rules', word: string): void {
  const seen = new Set<string>();
  for (const [index, { id }] of (report.document[list] ?? []).entries()) {
    if (seen.has(id)) {
      const message = `another ${word} is called "${id}" already`;
      report.add('duplicate_id', [list, index, 'id'], message, `Give this ${word} another id.`);
    }
    seen.add(id);
  }
}

/** Everything a definition names must be there: in it, or in the tenant. */
export function checkReferences(report: Report): void {
  const { document, environment } = report;
  const obligations = Object.entries(document.obligations ?? {});
  const calendars = [
    ...optional(['calendar'], document.calendar),
    ...obligations.flatMap(([name, { calendar }]) => optional(['obligations', name, 'calendar'], calendar)),
  ];
  const chains = obligations.flatMap(([name, { escalate }]) => optional(['obligations', name, 'escalate'], escalate));
  const retention = stepsOf(document).flatMap(({ path, step }) =>
    optional([...path, 'close', 'retention'], step.close?.retention),
  );
  const connections = stepsOf(document).flatMap(({ path, step }) =>
    optional([...path, 'call', 'connection'], step.call?.connection),
  );
  const keys = (things: readonly { readonly key: string }[]): readonly string[] => things.map(({ key }) => key);
  checkDuplicates(report, 'steps', 'step');
  checkDuplicates(report, 'rules', 'rule');
  expectKnown(
    report,
    'unknown_step',
    'step',
    document.steps.map(({ id }) => id),
    stepReferences(report),
  );
  expectKnown(report, 'unknown_queue', 'queue', keys(environment.queues), queuesOf(document));
  expectKnown(report, 'unknown_template', 'template', keys(environment.templates), templateReferences(report));
  expectKnown(report, 'unknown_calendar', 'calendar', keys(environment.calendars), calendars);
  expectKnown(report, 'unknown_connection', 'connection', keys(environment.connections), connections);
  expectKnown(report, 'unknown_chain', 'chain', Object.keys(document.escalations ?? {}), chains);
  expectKnown(report, 'unknown_event', 'event', Object.keys(document.events ?? {}), eventReferences(report));
  expectKnown(report, 'unknown_field', 'data field', Object.keys(document.data ?? {}), fieldReferences(report));
  expectKnown(report, 'unknown_retention', 'retention class', environment.retentionClasses, retention);
}
