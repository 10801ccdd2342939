/** The smallest definition that publishes in the demo tenant, with a further line above its steps. */
export const smallDefinition = (key: string, more = ''): string =>
  [
    'atende: 1',
    `key: ${key}`,
    `title: ${key}`,
    ...(more === '' ? [] : [more]),
    'steps:',
    '  - { id: person, assign: { queue: sales-br } }',
    '  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }',
    '  - { id: close, close: {} } # the end',
    '',
  ].join('\n');
