import type { DataScalar, DataType, FormField, FormPlan, InquiryData, Plan } from '../definition/plan.js';

/** Characters of one text of a form. */
export const MAX_FORM_TEXT = 1_000;

/** What is wrong with one field of a form, for the person who fills it in. */
export type FormProblem = { readonly field: string; readonly detail: string };

export type FilledForm =
  { readonly values: Readonly<Record<string, DataScalar>> } | { readonly problems: readonly FormProblem[] };

/** What stands for a personal value where it is not shown. */
export const PERSONAL = '[personal]';

const WANTED: Readonly<Record<FormField['type'], string>> = {
  string: `must be a text of 1 to ${MAX_FORM_TEXT} characters`,
  number: 'must be a number',
  bool: 'must be true or false',
  timestamp: 'must be an instant such as 2026-11-23T13:00:00Z',
  choice: 'must be one of',
};

/** RFC 3339 with seconds and an offset. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads what somebody sent for a form: every field that is not optional must be there, and nothing else may be. Instants come
 * as RFC 3339 and go on as epoch milliseconds.
 */
export function readForm(form: FormPlan, given: Readonly<Record<string, unknown>>): FilledForm {
  const values: Record<string, DataScalar> = {};
  const problems: FormProblem[] = [];
  for (const field of form.fields) {
    const sent = given[field.name];
    const value = field.type === 'timestamp' ? instantOf(sent) : sent;
    if (value === undefined && field.optional) continue;
    if (fits(field, value)) values[field.name] = value;
    else problems.push({ field: field.name, detail: value === undefined ? 'is missing' : wantedOf(field) });
  }
  const known = new Set(form.fields.map(({ name }) => name));
  for (const field of Object.keys(given).filter((name) => !known.has(name))) {
    problems.push({ field, detail: 'is no field of this form' });
  }
  return problems.length === 0 ? { values } : { problems };
}

/** What an event brought, as far as it is declared and fits; the names of everything else. */
export function readFields(
  declared: Readonly<Record<string, DataType>>,
  given: Readonly<Record<string, unknown>>,
): { readonly values: Readonly<Record<string, DataScalar>>; readonly ignored: readonly string[] } {
  const values: Record<string, DataScalar> = {};
  for (const [name, type] of Object.entries(declared)) {
    const sent = Object.hasOwn(given, name) ? given[name] : undefined;
    const value = type === 'timestamp' ? instantOf(sent) : sent;
    if (fits({ name, type, choices: [], personal: false, optional: true }, value)) values[name] = value;
  }
  return { values, ignored: Object.keys(given).filter((name) => !Object.hasOwn(values, name)) };
}

/** The form a step of a plan asks for, or null. */
export function formOf(plan: Plan, stepId: string | null): FormPlan | null {
  const step = plan.steps.find(({ id }) => id === stepId);
  return step?.kind === 'task' ? step.form : null;
}

/** The first thing that keeps a form from being taken: the name of a field, or `outcome`; null when all is well. */
export function firstMisfit(
  form: FormPlan,
  outcome: string,
  values: Readonly<Record<string, DataScalar>>,
): string | null {
  if (!form.outcomes.includes(outcome)) return 'outcome';
  const wrong = form.fields.find((field) =>
    Object.hasOwn(values, field.name) ? !fits(field, values[field.name]) : !field.optional,
  );
  if (wrong !== undefined) return wrong.name;
  const known = new Set(form.fields.map(({ name }) => name));
  return Object.keys(values).find((name) => !known.has(name)) ?? null;
}

/** The data of an inquiry with a mark in place of what was filled into personal fields. */
export function withoutPersonal(plan: Plan, data: InquiryData): InquiryData {
  const hidden = new Map(
    plan.steps.flatMap((step) => {
      const names = step.kind === 'task' ? (step.form?.fields ?? []).filter(({ personal }) => personal) : [];
      return names.length === 0 ? [] : [[step.id, new Set(names.map(({ name }) => name))] as const];
    }),
  );
  if (hidden.size === 0) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const fields = hidden.get(name);
      if (fields === undefined || typeof value !== 'object') return [name, value];
      const shown = Object.entries(value).map(([field, inner]) => [field, fields.has(field) ? PERSONAL : inner]);
      return [name, Object.fromEntries(shown) as Readonly<Record<string, DataScalar>>];
    }),
  );
}

function fits(field: FormField, value: unknown): value is DataScalar {
  switch (field.type) {
    case 'string':
      return typeof value === 'string' && value.length > 0 && value.length <= MAX_FORM_TEXT;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'timestamp':
      return Number.isSafeInteger(value);
    case 'choice':
      return typeof value === 'string' && field.choices.includes(value);
  }
}

function wantedOf({ type, choices }: FormField): string {
  return type === 'choice' ? `${WANTED.choice} ${choices.join(', ')}` : WANTED[type];
}

function instantOf(sent: unknown): unknown {
  if (sent === undefined) return undefined;
  if (typeof sent !== 'string' || !INSTANT.test(sent)) return null;
  const at = Date.parse(sent);
  return Number.isNaN(at) ? null : at;
}
