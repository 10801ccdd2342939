import fc from 'fast-check';
import { checkExpression, conjunctsOf, evaluateExpression, referencedPaths } from './expression.js';
import type { ExpectedType, ExpressionContext, ScopeName } from './expression.js';

const data = { amount: 'number', reason: 'string', urgent: 'bool', due: 'timestamp' } as const;

const at = Date.UTC(2026, 10, 22, 12, 30, 15, 123);

const context: ExpressionContext = {
  inquiry: {
    intent: 'refund',
    urgency: 'normal',
    sensitive: true,
    confidence: 0.75,
    tags: ['vip', 'legal'],
    messageCount: 3,
    openedAt: at - 3_600_000,
    reopened: false,
  },
  message: {
    text: 'Vou ao PROCON, ou ao Reclame Aqui!',
    language: 'pt-BR',
    attachments: [{ mediaType: 'image/png', size: 12 }],
  },
  conversation: { thread: { answers: 'one', public: true }, humanAnswered: false },
  buyer: { returning: true, tags: [], value: 1200.5 },
  shop: { key: 'demo', channel: 'webhook' },
  calendar: { open: false, nextOpening: at + 60_000, labels: ['Natal'] },
  now: at,
  data: { amount: 12, due: at },
};

const check = (source: string, expect: ExpectedType = 'any', scope: ScopeName = 'definition') =>
  checkExpression(source, { data, expect, scope });

const value = (source: string) => {
  const result = evaluateExpression(source, data, context);
  return result.ok ? result.value : `! ${result.error}`;
};

const problems = (source: string, expect: ExpectedType = 'any', scope: ScopeName = 'definition') => {
  const result = check(source, expect, scope);
  return result.ok ? [] : result.problems;
};

describe('checking an expression', () => {
  it.each([
    ['inquiry.messageCount', 'int'],
    ['inquiry.confidence', 'double'],
    ['buyer.value >= 1000.0', 'bool'],
    ['buyer.value >= 1000', 'bool'],
    ['calendar.nextOpening', 'timestamp'],
    ['now + duration("90m")', 'timestamp'],
    ['inquiry.openedAt < message.sentAt', 'bool'],
    ['conversation.windowUntil', 'timestamp'],
    ['conversation.thread.public', 'bool'],
    ['inquiry.tags', 'list'],
    ['calendar.labels.join(", ")', 'string'],
    ['message.attachments[0].mediaType', 'string'],
    ['message.attachments.exists(a, a.mediaType.startsWith("image/"))', 'bool'],
    ['has(data.amount) && data.amount > 10.0', 'bool'],
    ['data["due"]', 'timestamp'],
  ])('%s is of type %s', (source, type) => {
    expect(check(source)).toEqual({ ok: true, type });
  });

  it.each([
    ['inquiry.urgncy == "high"', 'unknown field "urgncy"; did you mean "urgency"?', 1, 9],
    ['mesage.text == ""', 'unknown name "mesage"; did you mean "message"?', 1, 1],
    ['true &&\n  buyer.worth > 1.0', 'unknown field "worth"', 2, 9],
    ['data.amont > 1.0', 'unknown field "amont"; did you mean "amount"?', 1, 6],
    ['data["amont"] > 1.0', 'unknown field "amont"; did you mean "amount"?', 1, 6],
    ['has(buyer.worth)', 'unknown field "worth"', 1, 11],
    ['message.attachments.exists(a, has(a.url))', 'unknown field "url"', 1, 37],
    ['message.text.constructor == ""', "cannot index type 'string'", 1, 14],
    ['message.text == 1', 'no such overload: string == int', 1, 1],
    ['buyer.value == 1000', 'no such overload: double == int', 1, 1],
    ['now > 5', 'no such overload: timestamp > int', 1, 1],
    ['message.text.split(" ")', 'unknown method "split"', 1, 14],
    ['dyn(message).foo', 'unknown function "dyn"', 1, 1],
    ['message.text.getHours()', "found no matching overload for 'string.getHours()'", 1, 1],
    ['has(buyer)', 'has() takes a field, for example has(buyer.value)', 1, 1],
    ['now.getHours("Mars/Base") > 1', 'unknown time zone "Mars/Base"', 1, 14],
    ['google.protobuf', 'unknown name "google"', 1, 1],
    ['cel.bind(x, 1, x)', 'unknown name "cel"', 1, 1],
    ['message', 'yields neither a plain value nor a list of texts', 1, 1],
    ['null', 'yields neither a plain value nor a list of texts', 1, 1],
    ['calendar.open &&', 'unexpected token: end of the expression', 1, 17],
    ['', 'unexpected token: end of the expression', 1, 1],
    ['message.text.matches(message.language)', 'the pattern of matches() must be a literal text', 1, 22],
    ['message.text.matches("(procon")', 'not an RE2 pattern: missing closing ): `(procon`', 1, 22],
    ['message.text.matches("a(?=b)")', 'not an RE2 pattern: invalid or unsupported Perl syntax: `(?=`', 1, 22],
  ])('%s: %s', (source, message, line, column) => {
    expect(problems(source)[0]).toMatchObject({ message, line, column });
  });

  it('tells an undeclared data field from other mistakes', () => {
    expect(problems('data.amont > 1.0 || buyer.worth > 1.0').map(({ about }) => about)).toEqual(['data', 'expression']);
    expect(problems('inquiry.tags.exists(data, data == shop.kay)').map(({ about }) => about)).toEqual(['expression']);
  });

  it('reports every unknown name at once, in the order they stand', () => {
    const found = problems('foo && buyer.worth > 1.0 && bar');
    expect(found.map((problem) => problem.offset)).toEqual([0, 13, 28]);
  });

  it.each([
    ['message.text', 'bool', 'must yield true or false, but yields string'],
    ['calendar.open', 'timestamp', 'must yield an instant, but yields bool'],
    ['"5"', 'number', 'must yield a number, but yields string'],
    ['5', 'string', 'must yield a text, but yields int'],
  ] as const)('%s where %s is due: %s', (source, expected, message) => {
    expect(problems(source, expected)[0]?.message).toBe(message);
  });

  it('refuses what could cost too much, by size and by nesting', () => {
    const product = 'inquiry.tags.exists(a, inquiry.tags.exists(b, inquiry.tags.exists(c, a == b && b == c)))';
    expect(problems(product)[0]?.message).toBe('may take too long: simplify it');
    expect(problems(product.replace(/inquiry.tags.exists\(c, (.*)\)\)\)/, 'a == b))'))).toEqual([]);
    expect(problems('1 + '.repeat(300) + '1')[0]?.message).toContain('maxAstNodes');
    expect(problems('('.repeat(100) + '1' + ')'.repeat(100))[0]?.message).toContain('maxDepth');
    expect(problems(`"${'x'.repeat(3000)}"`)[0]?.message).toContain('longer than 2000');
    expect(problems('message.text.matches("(a{100}b{100}c{100}){3}")')[0]?.message).toContain('too large');
  });

  it.each([
    ['inquiry.urgency == "high"', false],
    ['message.intent == "refund"', false],
    ['has(message.confidence)', false],
    ['data.amount > 1.0', false],
    ['message.text.matches("(?i)refund") && shop.channel == "webhook"', true],
    ['calendar.open && now > message.sentAt && buyer.returning', true],
  ])('routing sees no classification, inquiry or data: %s → %s', (source, ok) => {
    expect(check(source, 'bool', 'routing').ok).toBe(ok);
  });

  it('lets an approval see the reply and its author', () => {
    const source = 'reply.text.contains("R$") && "trainee" in author.tags';
    expect(check(source, 'bool', 'approval').ok).toBe(true);
    expect(check(source, 'bool').ok).toBe(false);
  });
});

describe('evaluating an expression', () => {
  it.each([
    ['inquiry.messageCount + 1', 4],
    ['inquiry.messageCount > 2 && inquiry.sensitive', true],
    ['buyer.value', 1200.5],
    ['calendar.nextOpening', at + 60_000],
    ['now - duration("15s")', at - 15_000],
    ['now > inquiry.openedAt', true],
    ['"vip" in inquiry.tags', true],
    ['inquiry.tags.filter(t, t != "vip")', ['legal']],
    ['inquiry.tags.map(t, t.upperAscii())', ['VIP', 'LEGAL']],
    ['size(buyer.tags)', 0],
    ['size(message.attachments)', 1],
    ['message.attachments[0].size > 10', true],
    ['message.attachments.exists(a, a.mediaType == "image/png")', true],
    ['message.attachments.exists(a, has(a.size))', true],
    ['conversation.thread.answers == "one"', true],
    ['calendar.labels.join("/")', 'Natal'],
    ['data.amount * 2.0', 24],
    ['data.due == now', true],
    ['calendar.open ? "now" : "later"', 'later'],
    ['now.getHours() * 100 + now.getMinutes()', 1230],
    ['now.getHours("America/Sao_Paulo")', 9],
    ['now.getDate("Asia/Shanghai")', 22],
    ['now.getMonth()', 10],
    ['now.getDayOfWeek()', 0],
    ['now.getDayOfYear()', 325],
    ['now.getMilliseconds()', 123],
    ['(now - inquiry.openedAt).getMinutes()', 60],
  ])('%s = %s', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  it.each([
    ['message.text.matches("(?i)procon|reclame ?aqui")', true],
    ['message.text.matches("procon")', false],
    ['message.text.matches("^Vou")', true],
    ['message.text.matches("\\\\bou\\\\b")', true],
    ['["a1", "b2"].exists(x, x.matches("^b"))', true],
  ])('matches as RE2 does: %s = %s', (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  it.each([
    ['has(buyer.value)', true],
    ['has(buyer.blocked)', false],
    ['has(message.sentAt)', false],
    ['has(conversation.windowUntil)', false],
    ['has(data.reason)', false],
    ['has(buyer.blocked) && buyer.blocked', false],
  ])('what is absent is an absent field: %s = %s', (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  it('takes null, undefined and a missing record alike', () => {
    for (const buyer of [undefined, null, {}, { value: null }, { value: undefined }]) {
      expect(evaluateExpression('has(buyer.value)', {}, { buyer })).toEqual({ ok: true, value: false });
    }
    expect(evaluateExpression('has(buyer.value)', {}, {})).toEqual({ ok: true, value: false });
  });

  it.each([
    ['buyer.blocked', 'no_such_key: blocked'],
    ['10 / (inquiry.messageCount - 3)', 'division_by_zero: 10 / (inquiry.messageCount - 3'],
    ['message.attachments[4].mediaType', 'index_out_of_bounds: message.attachments[4]'],
    ['1.0 / 0.0', 'evaluation_failed'],
    ['buyer.worth', 'expression_invalid: unknown field "worth"'],
  ])('%s fails as a value: %s', (source, error) => {
    expect(evaluateExpression(source, data, context)).toEqual({ ok: false, error });
  });

  it('never repeats what a buyer wrote', () => {
    const secret = 'CPF 529.982.247-25';
    for (const source of [
      'bool(message.text)',
      'int(message.text)',
      'timestamp(message.text)',
      'duration(message.text)',
    ]) {
      const result = evaluateExpression(source, {}, { message: { text: secret } });
      expect(result.ok).toBe(false);
      expect(JSON.stringify(result)).not.toContain('529');
    }
  });

  it('refuses facts of the wrong type and lists that are too long', () => {
    expect(evaluateExpression('message.text == "a"', {}, { message: { text: 5 } }).ok).toBe(false);
    expect(evaluateExpression('inquiry.messageCount > 1', {}, { inquiry: { messageCount: 1.5 } }).ok).toBe(false);
    expect(evaluateExpression('size(inquiry.tags)', {}, { inquiry: { tags: Array(201).fill('x') } }).ok).toBe(false);
  });

  it('looks at the first 20,000 characters of a text', () => {
    const evaluate = (text: string) => evaluateExpression('message.text.contains("procon")', {}, { message: { text } });
    expect(evaluate('x'.repeat(19_000) + 'procon')).toEqual({ ok: true, value: true });
    expect(evaluate('x'.repeat(20_000) + 'procon')).toEqual({ ok: true, value: false });
  });

  it('sees no inherited property and leaves the context as it was', () => {
    const frozen = Object.freeze({ buyer: Object.freeze({ value: 2 }) });
    expect(evaluateExpression('buyer.value', {}, frozen)).toEqual({ ok: true, value: 2 });
    const inherited = Object.create({ value: 5 }) as object;
    expect(evaluateExpression('has(buyer.value)', {}, { buyer: inherited })).toEqual({ ok: true, value: false });
  });

  it('keeps programs of different declared data apart', () => {
    expect(evaluateExpression('data.x', { x: 'string' }, { data: { x: 'a' } })).toEqual({ ok: true, value: 'a' });
    expect(evaluateExpression('data.x', { x: 'number' }, { data: { x: 1 } })).toEqual({ ok: true, value: 1 });
  });

  it.each(['(a+)+$', '(a|aa)+$', '(a*)*b', '(.*)(.*)(.*)(.*)(.*)[^a]', '([a-zA-Z]+)*x', '(?i)(a|b|ab)*ç'])(
    'matches the catastrophic pattern %s in linear time',
    (pattern) => {
      const text = `${'a'.repeat(19_999)}!`;
      const started = performance.now();
      expect(evaluateExpression(`message.text.matches(r'${pattern}')`, {}, { message: { text } }).ok).toBe(true);
      expect(performance.now() - started).toBeLessThan(500);
    },
  );
});

describe('laws', () => {
  const fragments = fc.array(
    fc.constantFrom(
      ...[
        'inquiry',
        'message',
        'buyer',
        '.',
        'text',
        'tags',
        'value',
        '(',
        ')',
        '[',
        ']',
        '"a"',
        "'",
        '1',
        '2.5',
        '&&',
        '||',
      ],
      ...[
        '!',
        '-',
        '+',
        '==',
        '<',
        ' in ',
        '?',
        ':',
        'has(',
        '.exists(x, ',
        '.matches("',
        'a+',
        ')',
        ',',
        ' ',
        '\n',
        '{',
        '}',
        'é',
        '💥',
      ],
    ),
    { maxLength: 20 },
  );

  it('answers for any text, and places every problem within it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fragments.map((parts) => parts.join('')),
          fc.string(),
        ),
        (source) => {
          const result = check(source, 'any');
          evaluateExpression(source, data, context);
          referencedPaths(source);
          conjunctsOf(source);
          if (result.ok) return;
          expect(result.problems.length).toBeGreaterThan(0);
          for (const { offset, line, column } of result.problems) {
            expect(offset).toBeLessThanOrEqual(source.length);
            const lines = source.split('\n');
            expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('what passes the check as a condition yields a condition or fails as a value', () => {
    const atoms = ['calendar.open', 'has(buyer.value)', 'buyer.value > 10.0', '"vip" in inquiry.tags', 'buyer.blocked'];
    const condition = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(...atoms),
        fc.tuple(tie('tree'), fc.constantFrom('&&', '||'), tie('tree')).map(([l, op, r]) => `(${l} ${op} ${r})`),
        tie('tree').map((inner) => `!(${inner})`),
      ),
    })).tree;
    fc.assert(
      fc.property(condition, (source) => {
        expect(check(source, 'bool').ok).toBe(true);
        const result = evaluateExpression(source, data, context);
        expect(result.ok ? typeof result.value : result.error).toMatch(/^(boolean|no_such_key: blocked)$/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what an expression reads', () => {
  it.each([
    ['buyer.value >= 1000.0 && message.text.matches("x")', ['buyer.value', 'message.text']],
    ['has(buyer.value)', ['buyer.value']],
    ['data["amount"] > data.amount', ['data.amount']],
    ['inquiry.tags.exists(t, t == shop.key)', ['inquiry.tags', 'shop.key']],
    ['message.attachments[0].mediaType', ['message.attachments']],
    [
      'conversation.thread.public ? now : calendar.nextOpening',
      ['calendar.nextOpening', 'conversation.thread.public', 'now'],
    ],
    ['((', []],
    ['1 + 1', []],
  ])('%s reads %j', (source, paths) => {
    expect(referencedPaths(source)).toEqual(paths);
  });

  it('splits a condition into its conjuncts, whatever their spelling', () => {
    expect(conjunctsOf('b.x ==  1 && (a.y&&c.z)')).toEqual(conjunctsOf('c.z && a.y && b.x==1'));
    expect(conjunctsOf('a || b')).toHaveLength(1);
    expect(conjunctsOf('a &&')).toBeNull();
  });
});
