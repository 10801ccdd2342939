import type { Told } from '../channel/troubles.js';
import { contactData } from './contact.js';
import { links } from './links.js';
import { ownDomains, rulingsOf } from './rules.js';
import type { Grade, PolicyRule } from './rules.js';
import { sightings } from './sighting.js';
import type { Sighting } from './sighting.js';
import { POLICY_WHY } from './told.js';
import { wording } from './wording.js';

/** Something in a text that its channel does not want; `end` exclusive, UTF-16 units. */
export type PolicyFinding = {
  readonly id: PolicyRule;
  readonly grade: Exclude<Grade, 'allow'>;
  readonly why: Told;
  readonly start: number;
  readonly end: number;
};

/** Where a text is to go. */
export type Destination = { readonly channel: string; readonly oneAnswer: boolean };

/** Longer texts are no channel's with rules. */
const MAX_READ = 16_384;

const EMOJI = /\p{Extended_Pictographic}/gu;

/**
 * What stands in a text that its channel does not allow (`block`) or should not see (`warn`); each rule once, at its gravest place.
 * What only looks like it is never blocked. Pure; a channel without rules costs nothing.
 */
export function policyFindings(text: string, { channel, oneAnswer }: Destination): PolicyFinding[] {
  const rulings = rulingsOf(channel, oneAnswer);
  if (Object.values(rulings).every(({ grade }) => grade === 'allow')) return [];
  const worst = new Map<PolicyRule, PolicyFinding>();
  for (const { rule, start, end, sure } of seen(text.slice(0, MAX_READ), channel)) {
    const { grade } = rulings[rule];
    if (grade === 'allow') continue;
    const finding = findingOf(rule, sure ? grade : 'warn', start, end);
    const known = worst.get(rule);
    if (known === undefined || (known.grade === 'warn' && finding.grade === 'block')) worst.set(rule, finding);
  }
  return [...worst.values()].sort((left, right) => left.start - right.start);
}

/** Whether any rule of a channel can keep a text from being sent. */
export function isPoliced({ channel, oneAnswer }: Destination): boolean {
  return Object.values(rulingsOf(channel, oneAnswer)).some(({ grade }) => grade === 'block');
}

/** Whether the text of a template has what a channel does not allow, whatever is put into it. */
export function isForbiddenTemplate(source: string, where: Destination): boolean {
  // A variable's name may look like a host.
  const text = source.replace(/\{[{%][^}]{0,500}[}%]\}/g, '…');
  return policyFindings(text, where).some(({ grade }) => grade === 'block');
}

/**
 * What follows from a text that has gone to several other buyers nearly as it is. A person may have a reason and is asked; nobody can
 * be asked about what no person wrote.
 */
export function repetitionFinding(
  text: string,
  { channel, oneAnswer }: Destination,
  author: 'human' | 'automated',
): PolicyFinding | null {
  const { grade } = rulingsOf(channel, oneAnswer).repetitive;
  if (grade === 'allow') return null;
  return findingOf('repetitive', author === 'human' ? 'warn' : grade, 0, text.length);
}

function seen(text: string, channel: string): Sighting[] {
  const addresses = [...contactData(text), ...links(text, ownDomains(channel))];
  // A mail address has a host in it, and a link may end in a number.
  const whole = addresses.filter((one) => !addresses.some((other) => holds(other, one)));
  return [...whole, ...wording(text), ...sightings('emoji', EMOJI, text)];
}

function holds(outer: Sighting, inner: Sighting): boolean {
  const isLonger = outer.end - outer.start > inner.end - inner.start;
  return isLonger && outer.sure && outer.start <= inner.start && outer.end >= inner.end;
}

function findingOf(id: PolicyRule, grade: PolicyFinding['grade'], start: number, end: number): PolicyFinding {
  return { id, grade, why: POLICY_WHY[id], start, end };
}
