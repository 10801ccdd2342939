import type { Path } from '../source.js';
import { LIMITS } from '../schema/schema.js';
import type { Report } from './report.js';

/** Sizes of a definition (docs/definitions.md). */
export function checkLimits(report: Report): void {
  const { document } = report;
  const check = (path: Path, word: string, count: number, limit: number): void => {
    if (count <= limit) return;
    const message = `${count} ${word}, at most ${limit} are allowed`;
    report.addWhole('limit_exceeded', path, message, 'Split the definition, or route to a second one.');
  };
  check(['steps'], 'steps', document.steps.length, LIMITS.steps);
  check(['obligations'], 'obligations', Object.keys(document.obligations ?? {}).length, LIMITS.obligations);
  check(['rules'], 'rules', (document.rules ?? []).length, LIMITS.rules);
  for (const [chain, levels] of Object.entries(document.escalations ?? {})) {
    check(['escalations', chain], `levels in "${chain}"`, levels.length, LIMITS.levels);
  }
}
