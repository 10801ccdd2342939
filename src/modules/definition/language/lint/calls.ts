import { nearest } from '../../../../domain/expression/nearest.js';
import type { Path } from '../source.js';
import { stepsOf } from '../walk.js';
import type { Report } from './report.js';

type Connection = Report['environment']['connections'][number];

/** The operation a call names; one that does not exist is told. */
function operationOf(
  report: Report,
  path: Path,
  connection: Connection,
  name: string,
): Connection['operations'][number] | undefined {
  const found = connection.operations.find((operation) => operation.name === name);
  if (found) return found;
  const known = connection.operations.map((operation) => operation.name);
  const best = nearest(name, known);
  const remedy = best === null ? 'Add the operation to the connection, or name another.' : `Did you mean "${best}"?`;
  report.add('unknown_connection', path, `connection "${connection.key}" has no operation "${name}"`, remedy);
  return undefined;
}

/** Calls: operations that are not there, values their paths need, and checks that would do more than look. */
export function checkCalls(report: Report): void {
  for (const { path, step } of stepsOf(report.document)) {
    const { call } = step;
    const connection = report.environment.connections.find(({ key }) => key === call?.connection);
    if (call === undefined || connection === undefined) continue;
    const operation = operationOf(report, [...path, 'call', 'operation'], connection, call.operation);
    const check =
      call.check === undefined ? undefined : operationOf(report, [...path, 'call', 'check'], connection, call.check);
    if (check?.reading === false) {
      const message = `"${check.name}" may change something, and a check only looks`;
      report.add('schema_invalid', [...path, 'call', 'check'], message, 'Name an operation whose method is GET.');
    }
    if (Object.hasOwn(call.returns ?? {}, 'code')) {
      const message = '"code" tells why a call did not end well already';
      report.addAtKey('schema_invalid', [...path, 'call', 'returns', 'code'], message, 'Give the field another name.');
    }
    const given = Object.keys(call.body ?? {});
    const needs = new Set([...(operation?.needs ?? []), ...(check?.needs ?? [])]);
    for (const name of [...needs].filter((needed) => !given.includes(needed))) {
      const message = `the path of the operation needs "${name}", which is not given here`;
      report.add('unknown_field', [...path, 'call'], message, `Give it: body: { ${name}: '<expression>' }.`);
    }
  }
}
