/** A definition as large as the language allows in every part: 100 steps, 20 obligations, 50 rules, chains of 10 levels. */
export function largeDefinition(): string {
  return [
    'atende: 1',
    'key: large',
    'title: { en: A large one, pt-BR: Uma grande }',
    'calendar: br-office',
    'channels: [webhook, shopee, whatsapp, email]',
    'data: { amount: number, note: string }',
    'events: { paid: { amount: number }, shipped: { code: string } }',
    'obligations:',
    ...['acknowledge', 'first_response', 'next_response', 'resolution'].map(
      (name, index) =>
        `  ${name}: { within: [{ when: 'buyer.value >= ${index}00.0', is: 20m }, { is: 1h }], escalate: chain-${index} }`,
    ),
    ...times(
      16,
      (index) =>
        `  duty-${index}: { within: 2h, startOn: event:paid, metBy: event:shipped, escalate: chain-${index % 4} }`,
    ),
    'escalations:',
    ...times(4, (chain) => [
      `  chain-${chain}:`,
      ...times(
        10,
        (level) =>
          `    - { at: start+${level + 1}0m, do: [{ notify: { to: supervisor }, when: 'inquiry.urgency == "high"' }] }`,
      ),
    ]).flat(),
    'rules:',
    ...times(
      50,
      (index) =>
        `  - { id: rule-${index}, when: 'message.text.matches("(?i)palavra${index}|termo ${index}")', do: [{ set: { tags: [tag-${index}] } }] }`,
    ),
    'steps:',
    '  - { id: classify, classify: {} }',
    '  - { id: person, assign: { queue: [sales-br, night-sz] } }',
    // Each block: a choice, a form, a message, an answer, a wait and a mark, leading on to the next block.
    ...times(16, (block) => [
      `  - { id: sort-${block}, choose: [{ when: 'inquiry.intent == "refund" && buyer.value > ${block}.0', goto: form-${block} }], goto: reply-${block} }`,
      `  - { id: form-${block}, task: { kind: form, fields: { amount: number, cause: string }, outcomes: [grant, deny] }, on: { grant: mark-${block}, deny: reply-${block} } }`,
      `  - { id: mark-${block}, set: { tags: [block-${block}], data: { amount: 'data["form-${block}"].amount' } } }`,
      `  - { id: send-${block}, send: { template: ack } }`,
      `  - { id: reply-${block}, task: { kind: reply, draft: ack }, on: { sent: wait-${block}, not_needed: close } }`,
      `  - { id: wait-${block}, wait: { for: [buyer_message, event:paid], until: 48h }, on: { message: sort-${block}, paid: ${block === 15 ? 'last' : `sort-${block + 1}`}, timeout: close } }`,
    ]).flat(),
    '  - { id: last, task: { kind: triage }, on: { done: close } }',
    '  - { id: close, close: { reason: resolved } }',
    '',
  ].join('\n');
}

const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));
