import type { SetDocument } from '../schema/actions.js';
import type { Path } from '../source.js';
import { actionsOf, stepsOf } from '../walk.js';
import type { Report } from './report.js';

/** Constants written into declared data must be of the declared type; expressions are checked as such. */
export function checkConstants(report: Report): void {
  const declared = report.document.data ?? {};
  const check = (path: Path, set: SetDocument | undefined): void => {
    for (const [name, value] of Object.entries(set?.data ?? {})) {
      const type = Object.hasOwn(declared, name) ? declared[name] : undefined;
      const own = typeof value === 'boolean' ? 'bool' : typeof value;
      if (type === undefined || own === 'string' || own === type) continue;
      const message = `"${name}" is a ${type}, but this is a ${own}`;
      report.add('expression_type', [...path, 'set', 'data', name], message, `Write a ${type}.`);
    }
  };
  for (const { path, step } of stepsOf(report.document)) check(path, step.set);
  for (const { path, action } of actionsOf(report.document)) check(path, action.set);
}
