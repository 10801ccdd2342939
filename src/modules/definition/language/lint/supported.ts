import type { DefinitionDocument } from '../schema/schema.js';
import type { Path } from '../source.js';
import { sendsOf, stepsOf } from '../walk.js';
import type { StepUse } from '../walk.js';
import type { Report } from './report.js';

type Construct = { readonly name: string; readonly places: (document: DefinitionDocument) => readonly Path[] };

const inSteps = (name: string, pick: (use: StepUse) => readonly Path[]): Construct => {
  return { name, places: (document) => stepsOf(document).flatMap(pick) };
};

const where = (present: unknown, path: Path): readonly Path[] =>
  present === undefined || present === false ? [] : [path];

/**
 * What the language has and this release does not execute. `docs/definitions.md` lists the same names; whoever builds one
 * takes its row out of both.
 */
export const NOT_SUPPORTED_YET: readonly Construct[] = [
  inSteps('faq', ({ path, step }) => where(step.faq, [...path, 'faq'])),
  inSteps('task: translate', ({ path, step }) => where(step.task?.translate, [...path, 'task', 'translate'])),
  {
    name: 'send: experiment',
    places: (document) =>
      sendsOf(document).flatMap(({ path, send }) => [
        ...where(send.experiment, [...path, 'experiment']),
        ...where(typeof send.template !== 'string', [...path, 'template']),
      ]),
  },
];

/** Refuses what is valid but not executed yet, each time it stands there. */
export function checkSupported(report: Report): void {
  for (const { name, places } of NOT_SUPPORTED_YET) {
    for (const path of places(report.document)) {
      const message = `"${name}" is part of the language, but this release does not execute it yet`;
      report.addAtKey('not_supported_yet', path, message, 'Leave it out; docs/definitions.md lists what is missing.');
    }
  }
}
