import type { TimelineEntry } from './run.js';

/** What a history comes to, counted alike for one that was simulated and one that happened. */
export type Figures = {
  /** Offers of a task to a member. */
  readonly assignments: number;
  readonly byMember: Readonly<Record<string, number>>;
  /** Tasks by the queue they opened in. */
  readonly byQueue: Readonly<Record<string, number>>;
  /** Levels of chains that fired. */
  readonly escalations: number;
  /** Breaches that were not withdrawn. */
  readonly breaches: number;
  readonly messages: { readonly automated: number; readonly human: number };
  /** Wall ms from the opening to the first answer of a person the buyer could see; null without one. */
  readonly timeToAnswerMs: number | null;
  readonly closed: boolean;
};

/** Figures of several inquiries together. */
export type Totals = Omit<Figures, 'timeToAnswerMs' | 'closed'> & {
  readonly inquiries: number;
  readonly answered: number;
  readonly closed: number;
  readonly medianTimeToAnswerMs: number | null;
  readonly p90TimeToAnswerMs: number | null;
};

/** What of a history entry is counted. */
export type CountedEntry = Pick<TimelineEntry, 'at' | 'kind' | 'data'>;

/** Counts one history, earliest entry first. */
export function figuresOf(timeline: readonly CountedEntry[]): Figures {
  const count = (kind: string): number => timeline.filter((entry) => entry.kind === kind).length;
  const queued = timeline.filter(({ kind }) => kind === 'message.queued');
  const human = queued.filter(({ data }) => data['author'] === 'human');
  return {
    assignments: count('assignment.chosen'),
    byMember: tally(timeline, 'assignment.chosen', 'memberId'),
    byQueue: tally(timeline, 'task.opened', 'queue'),
    escalations: count('level.fired'),
    breaches: count('obligation.breached') - count('obligation.breach_withdrawn'),
    messages: { automated: queued.length - human.length, human: human.length },
    timeToAnswerMs: timeToAnswer(timeline, new Set(human.map(({ data }) => data['send']))),
    closed: count('inquiry.closed') > 0,
  };
}

/** The sums of several. */
export function totalsOf(figures: readonly Figures[]): Totals {
  const sum = (value: (of: Figures) => number): number => figures.reduce((total, of) => total + value(of), 0);
  const times = figures.flatMap(({ timeToAnswerMs }) => (timeToAnswerMs === null ? [] : [timeToAnswerMs]));
  times.sort((a, b) => a - b);
  return {
    inquiries: figures.length,
    assignments: sum((of) => of.assignments),
    byMember: added(figures.map((of) => of.byMember)),
    byQueue: added(figures.map((of) => of.byQueue)),
    escalations: sum((of) => of.escalations),
    breaches: sum((of) => of.breaches),
    messages: { automated: sum((of) => of.messages.automated), human: sum((of) => of.messages.human) },
    answered: times.length,
    closed: sum((of) => (of.closed ? 1 : 0)),
    medianTimeToAnswerMs: quantile(times, 0.5),
    p90TimeToAnswerMs: quantile(times, 0.9),
  };
}

/** Names of the figures in which two histories of an inquiry differ. */
export function differing(before: Figures, after: Figures): readonly (keyof Figures)[] {
  const names = Object.keys(after) as (keyof Figures)[];
  return names.filter((name) => sorted(before[name]) !== sorted(after[name]));
}

function timeToAnswer(timeline: readonly CountedEntry[], human: ReadonlySet<unknown>): number | null {
  const opened = timeline.find(({ kind }) => kind === 'inquiry.opened');
  const answer = timeline.find(
    ({ kind, data }) =>
      (kind === 'message.available' && human.has(data['send'])) ||
      (kind === 'message.answered_elsewhere' && data['author'] === 'human'),
  );
  return opened === undefined || answer === undefined ? null : answer.at - opened.at;
}

function tally(timeline: readonly CountedEntry[], kind: string, name: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const entry of timeline) {
    const value = entry.data[name];
    if (entry.kind === kind && typeof value === 'string') counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [name, value] of counts.flatMap((of) => Object.entries(of))) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

/** Nearest rank; null of nothing. `ordered` is ascending. */
function quantile(ordered: readonly number[], share: number): number | null {
  return ordered[Math.max(0, Math.ceil(ordered.length * share) - 1)] ?? null;
}

function sorted(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
