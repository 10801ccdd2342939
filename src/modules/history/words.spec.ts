import fc from 'fast-check';
import { ERASED, liftWords, putBack, sealedWords, WORDS_OF_EVENTS, WORDS_OF_HISTORY, withoutWords } from './words.js';

const PERSON = 'Joana Prado';

const history = {
  entries: [
    { kind: 'inquiry.set', data: { changed: { urgency: 'high', data: { recipient: PERSON } } }, because: {} },
    { kind: 'inquiry.corrected', data: { before: { data: {} }, after: { data: { phone: 5511 }, tags: ['vip'] } } },
    { kind: 'expression.failed', data: { error: `no overload for ${PERSON}` } },
    { kind: 'choose.taken', because: { values: { 'data.recipient': PERSON, 'buyer.value': 5 }, rule: 'r' } },
    { kind: 'rule.passed_over', because: { passedOver: [{ rule: 'r', values: { 'data.recipient': PERSON } }] } },
    { kind: 'assignment.chosen', because: { passedOver: [{ memberId: 'bia', why: 'away' }] } },
  ],
  decision: {
    event: { kind: 'command', command: { kind: 'correct', data: { recipient: PERSON } } },
    answers: [
      { id: 'a', value: true },
      { id: 'b', value: PERSON },
      { id: 'c', value: null, error: `bad ${PERSON}` },
    ],
    effects: [{ do: 'send', source: { kind: 'template', key: 'ack', values: { name: PERSON } } }],
    facts: { buyer: { value: 5 } },
  },
};

describe('words of a history row', () => {
  it('are lifted out, and everything else stays where it can be searched', () => {
    const { clear, words } = liftWords(history, WORDS_OF_HISTORY);
    expect(JSON.stringify(clear)).not.toContain(PERSON);
    expect(JSON.stringify(clear)).not.toContain('5511');
    expect(words).toHaveLength(9);
    expect(clear.entries[0]?.data?.changed?.urgency).toBe('high');
    expect(clear.entries[1]?.data?.before?.data).toEqual({});
    expect(clear.entries[3]?.because?.values?.['buyer.value']).toBe(5);
    expect(clear.entries[5]).toEqual(history.entries[5]);
    expect(clear.decision.answers[0]).toEqual({ id: 'a', value: true });
    expect(clear.decision.facts).toEqual(history.decision.facts);
  });

  it('are put back as they were, or leave tombstones', () => {
    const { clear, words } = liftWords(history, WORDS_OF_HISTORY);
    expect(putBack(clear, JSON.parse(JSON.stringify(words)) as unknown[])).toEqual(history);
    expect(putBack(clear, null).decision.effects[0]?.source.values).toBe(ERASED);
  });

  it('are put back for any data somebody declares', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), (data) => {
        const event = { kind: 'command', command: { kind: 'correct', data } };
        const { clear, words } = liftWords(event, WORDS_OF_EVENTS);
        expect(putBack(clear, words)).toEqual(event);
      }),
    );
  });

  it('cannot be stored without a key', () => {
    expect(() =>
      sealedWords(null, { owner: { case: 'c' }, table: 'event', column: 'words', row: 'r' }, [PERSON]),
    ).toThrow('without a key');
  });
});

it('a record that is never erased holds names of what was filled in, not what', () => {
  expect(withoutWords({ tags: ['vip'], data: { recipient: PERSON } })).toEqual({
    tags: ['vip'],
    data: { recipient: '[sealed]' },
  });
  expect(withoutWords(undefined)).toBeNull();
  expect(withoutWords({ urgency: 'high' })).toEqual({ urgency: 'high' });
});
