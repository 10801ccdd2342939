import { checkExpression, conjunctsOf, evaluateExpression, referencedPaths } from '../expression/expression.js';

/** One line of a tenant's routing; without `when` it always matches, without `version` it means the newest. */
export type RoutingRule = {
  readonly when?: string | undefined;
  readonly definition: string;
  readonly version?: number | undefined;
};

/** A published version, as far as routing depends on it; `channels: null` = every channel of the tenant's shops. */
export type RoutableVersion = {
  readonly key: string;
  readonly version: number;
  readonly newest: boolean;
  readonly channels: readonly string[] | null;
};

/** A shop whose messages are routed. */
export type RoutedShop = {
  readonly key: string;
  readonly channel: string;
  readonly country: string;
  readonly language: string;
};

export type RoutingProblemCode =
  | 'expression_type'
  | 'rule_shadowed'
  | 'last_rule_conditional'
  | 'unknown_definition'
  | 'unknown_version'
  | 'channel_cannot';

/** What is wrong in a routing; `line` and `column` count from 1 within an expression, and are 1 elsewhere. */
export type RoutingProblem = {
  readonly code: RoutingProblemCode;
  readonly severity: 'error';
  /** Dotted, for example `rules.0.when`. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
};

type Text = { readonly message: string; readonly remedy: string };

const problem = (
  code: RoutingProblemCode,
  path: string,
  text: Text,
  place = { line: 1, column: 1 },
): RoutingProblem => {
  return { code, severity: 'error', path, line: place.line, column: place.column, ...text };
};

/**
 * Everything that would keep a message from its definition: conditions that do not fit, definitions that are not published or
 * do not take a shop's channel, rules that nothing reaches, and a last rule that lets messages through to nowhere.
 */
export function checkRouting(
  rules: readonly RoutingRule[],
  versions: readonly RoutableVersion[],
  shops: readonly RoutedShop[],
): readonly RoutingProblem[] {
  return [
    ...rules.flatMap((rule, index) => [...checkWhen(rule, index), ...checkTarget(rule, index, versions)]),
    ...checkOrder(rules),
    ...checkChannels(rules, versions, shops),
  ];
}

function checkWhen({ when }: RoutingRule, index: number): readonly RoutingProblem[] {
  if (when === undefined) return [];
  const check = checkExpression(when, { scope: 'routing', expect: 'bool' });
  if (check.ok) return [];
  const remedy = 'A condition of routing sees message (without intent), buyer, shop, calendar and now.';
  return check.problems.map(({ message, line, column }) =>
    problem('expression_type', `rules.${index}.when`, { message, remedy }, { line, column }),
  );
}

const targetOf = (rule: RoutingRule, versions: readonly RoutableVersion[]): RoutableVersion | undefined =>
  versions.find(
    ({ key, version, newest }) =>
      key === rule.definition && (rule.version === undefined ? newest : version === rule.version),
  );

function checkTarget(
  rule: RoutingRule,
  index: number,
  versions: readonly RoutableVersion[],
): readonly RoutingProblem[] {
  if (targetOf(rule, versions)) return [];
  const { definition, version } = rule;
  if (!versions.some(({ key }) => key === definition)) {
    const text = {
      message: `no definition "${definition}" is published`,
      remedy: 'Publish it first, or name another.',
    };
    return [problem('unknown_definition', `rules.${index}.definition`, text)];
  }
  const text = {
    message: `"${definition}" has no version ${version}`,
    remedy: 'Name a published one, or leave it out for the newest.',
  };
  return [problem('unknown_version', `rules.${index}.version`, text)];
}

function checkOrder(rules: readonly RoutingRule[]): readonly RoutingProblem[] {
  const first = rules.findIndex(({ when }) => when === undefined);
  if (first < 0) {
    const text = { message: 'the last rule has a condition', remedy: 'End with a rule that has no "when".' };
    return [problem('last_rule_conditional', `rules.${Math.max(0, rules.length - 1)}`, text)];
  }
  return rules.slice(first + 1).map((_, offset) => {
    const text = {
      message: `rule ${first} takes every message before this one`,
      remedy: 'Put the rule without "when" last.',
    };
    return problem('rule_shadowed', `rules.${first + 1 + offset}`, text);
  });
}

/** A rule that messages of a shop may get to. */
type Arrival = { readonly shop: RoutedShop; readonly rule: RoutingRule; readonly index: number };

function arrivalsOf(rules: readonly RoutingRule[], shops: readonly RoutedShop[]): readonly Arrival[] {
  return shops.flatMap((shop) => {
    const always = rules.findIndex((rule) => reachOf(rule, shop) === 'always');
    const reached = always < 0 ? rules : rules.slice(0, always + 1);
    return reached.flatMap((rule, index) => (reachOf(rule, shop) === 'never' ? [] : [{ shop, rule, index }]));
  });
}

/** Channels from which the newest version of a definition may be sent messages. */
export function routedChannels(
  rules: readonly RoutingRule[],
  definition: string,
  shops: readonly RoutedShop[],
): readonly string[] {
  const arrivals = arrivalsOf(rules, shops).filter(
    ({ rule }) => rule.definition === definition && rule.version === undefined,
  );
  return [...new Set(arrivals.map(({ shop }) => shop.channel))];
}

function checkChannels(
  rules: readonly RoutingRule[],
  versions: readonly RoutableVersion[],
  shops: readonly RoutedShop[],
): readonly RoutingProblem[] {
  const found = new Map<string, RoutingProblem>();
  for (const { shop, rule, index } of arrivalsOf(rules, shops)) {
    const path = `rules.${index}.definition`;
    if (found.has(path) || targetOf(rule, versions)?.channels?.includes(shop.channel) !== false) continue;
    const message = `"${rule.definition}" does not list the channel ${shop.channel}, from which shop "${shop.key}" can send it messages`;
    const remedy = `Add ${shop.channel} to its channels, or a condition such as shop.channel != "${shop.channel}".`;
    found.set(path, problem('channel_cannot', path, { message, remedy }));
  }
  return [...found.values()];
}

/** Whether messages of a shop get to a rule's definition when they get to the rule, as far as the shop decides it. */
function reachOf({ when }: RoutingRule, shop: RoutedShop): 'never' | 'maybe' | 'always' {
  if (when === undefined) return 'always';
  const conjuncts = conjunctsOf(when) ?? [];
  const decided = conjuncts.filter((source) => referencedPaths(source).every((path) => path.startsWith('shop.')));
  const holds = (source: string): boolean => {
    const result = evaluateExpression(source, {}, { shop }, 'routing');
    return result.ok && result.value === true;
  };
  if (!decided.every(holds)) return 'never';
  return conjuncts.length > 0 && decided.length === conjuncts.length ? 'always' : 'maybe';
}
