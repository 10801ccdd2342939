import type { Expression, NotifyPlan, NotifyTarget, SendPlan, SetPlan } from '../../../../domain/definition/plan.js';
import type { NotifyDocument, SendDocument, SetDocument } from '../schema/actions.js';

/** A text the schema has let through but that does not read: a defect, not an operator's mistake. */
export function required<Value>(value: Value | null | undefined, path: string): Value {
  if (value === null || value === undefined) throw new Error(`Unreadable at ${path}`);
  return value;
}

/** An expression with its place in the document as id. */
export function expressionAt(path: string, source: string): Expression {
  return { id: path, source };
}

/** The condition of the thing at `path`, null when it has none. */
export function conditionAt(path: string, source: string | undefined): Expression | null {
  return source === undefined ? null : expressionAt(`${path}.when`, source);
}

const ROLES = /^(?:admin|ops|agent|auditor|privacy_officer)$/;

/** A bare role becomes `role:<role>`; `supervisor` is a word of its own. */
export function compileNotify({ to, urgent, by }: NotifyDocument): NotifyPlan {
  const target = (ROLES.test(to) ? `role:${to}` : to) as NotifyTarget;
  return { to: target, urgent: urgent ?? false, ...(by === undefined ? {} : { by: [...new Set(by)] }) };
}

/** The fields to set; a text in `data` is an expression, anything else a constant. */
export function compileSet(path: string, set: SetDocument): SetPlan {
  const { urgency, intent, language, tags, untag, data } = set;
  const values = Object.entries(data ?? {}).map(([name, value]) => {
    return [name, typeof value === 'string' ? expressionAt(`${path}.data.${name}`, value) : value] as const;
  });
  return {
    ...(urgency === undefined ? {} : { urgency }),
    ...(intent === undefined ? {} : { intent }),
    ...(language === undefined ? {} : { language }),
    ...(tags === undefined ? {} : { tags }),
    ...(untag === undefined ? {} : { untag }),
    ...(data === undefined ? {} : { data: Object.fromEntries(values) }),
  };
}

/** A message; once per inquiry unless it says otherwise. */
export function compileSend(path: string, send: SendDocument): SendPlan {
  const values = Object.entries(send.with ?? {}).map(([name, source]) => {
    return [name, expressionAt(`${path}.with.${name}`, source)] as const;
  });
  return {
    template: required(typeof send.template === 'string' ? send.template : null, `${path}.template`),
    with: Object.fromEntries(values),
    once: send.once === false ? 'never_limited' : (send.once ?? 'inquiry'),
  };
}
