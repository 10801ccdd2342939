import { checkRouting, routedChannels } from './routing.js';
import type { RoutableVersion, RoutedShop, RoutingRule } from './routing.js';

const SHOPS: readonly RoutedShop[] = [
  { key: 'aurora', channel: 'webhook', country: 'BR', language: 'pt-BR' },
  { key: 'vizinha', channel: 'email', country: 'MX', language: 'es' },
];

const version = (
  key: string,
  number: number,
  newest: boolean,
  channels: RoutableVersion['channels'] = null,
): RoutableVersion => {
  return { key, version: number, newest, channels };
};

const VERSIONS: readonly RoutableVersion[] = [
  version('anywhere', 1, true),
  version('webhook-only', 1, false),
  version('webhook-only', 2, true, ['webhook']),
];

const check = (rules: readonly RoutingRule[]): readonly (readonly [string, string])[] =>
  checkRouting(rules, VERSIONS, SHOPS).map(({ code, path }) => [code, path]);

const LAST: RoutingRule = { definition: 'anywhere' };

describe('a routing that can be used', () => {
  it.each<[string, readonly RoutingRule[]]>([
    ['one rule for everything', [LAST]],
    ['a condition on the message', [{ when: 'message.text.contains("procon")', definition: 'anywhere' }, LAST]],
    ['a condition on the shop', [{ when: 'shop.channel == "webhook"', definition: 'webhook-only' }, LAST]],
    [
      'a condition on shop and buyer',
      [{ when: 'buyer.value > 5.0 && shop.country == "BR"', definition: 'webhook-only' }, LAST],
    ],
    ['a pinned version', [{ definition: 'webhook-only', version: 1 }]],
    [
      'what another shop leaves',
      [{ when: 'shop.channel == "email"', definition: 'anywhere' }, { definition: 'webhook-only' }],
    ],
  ])('%s', (_, rules) => {
    expect(check(rules)).toEqual([]);
  });
});

describe('a routing that loses messages', () => {
  it.each<[string, readonly RoutingRule[], readonly (readonly [string, string])[]]>([
    ['no rule at all', [], [['last_rule_conditional', 'rules.0']]],
    [
      'a last rule with a condition',
      [{ when: 'buyer.blocked', definition: 'anywhere' }],
      [['last_rule_conditional', 'rules.0']],
    ],
    ['a rule after the one for everything', [LAST, LAST], [['rule_shadowed', 'rules.1']]],
    [
      'an unknown name',
      [{ when: 'inquiry.intent == "price"', definition: 'anywhere' }, LAST],
      [['expression_type', 'rules.0.when']],
    ],
    ['another type', [{ when: 'buyer.value', definition: 'anywhere' }, LAST], [['expression_type', 'rules.0.when']]],
    ['a definition never published', [{ definition: 'draft-only' }], [['unknown_definition', 'rules.0.definition']]],
    ['a version there is not', [{ definition: 'anywhere', version: 7 }], [['unknown_version', 'rules.0.version']]],
    ['a channel not listed', [{ definition: 'webhook-only' }], [['channel_cannot', 'rules.0.definition']]],
    [
      'a condition that lets the channel through',
      [{ when: 'shop.country != "BR"', definition: 'webhook-only' }, LAST],
      [['channel_cannot', 'rules.0.definition']],
    ],
    [
      'an alternative beside the condition on the shop',
      [{ when: 'shop.channel == "webhook" || buyer.returning', definition: 'webhook-only' }, LAST],
      [['channel_cannot', 'rules.0.definition']],
    ],
  ])('%s', (_, rules, expected) => {
    expect(check(rules)).toEqual(expected);
  });

  it('names the place within an expression', () => {
    const [found] = checkRouting(
      [{ when: 'buyer.returning &&\n  shop.colour == "red"', definition: 'anywhere' }, LAST],
      VERSIONS,
      SHOPS,
    );
    expect(found).toMatchObject({ code: 'expression_type', line: 2 });
  });
});

describe('where a definition gets messages from', () => {
  const email: RoutingRule = { when: 'shop.channel == "email" && buyer.returning', definition: 'webhook-only' };

  it.each<[string, readonly RoutingRule[], readonly string[]]>([
    ['every shop', [LAST], ['webhook', 'email']],
    ['what an earlier rule leaves', [{ when: 'shop.key == "aurora"', definition: 'other' }, LAST], ['email']],
    ['nowhere', [{ definition: 'other' }], []],
    ['a pinned version does not follow the newest', [{ definition: 'anywhere', version: 1 }], []],
  ])('%s', (_, rules, expected) => {
    expect(routedChannels(rules, 'anywhere', SHOPS)).toEqual(expected);
  });

  it('a condition that only messages decide may let them through', () => {
    expect(routedChannels([email, LAST], 'webhook-only', SHOPS)).toEqual(['email']);
    expect(routedChannels([email, LAST], 'anywhere', SHOPS)).toEqual(['webhook', 'email']);
  });
});
