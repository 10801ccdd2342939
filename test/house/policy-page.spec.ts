import { POLICED_CHANNELS, POLICY_RULES, rulingsOf } from '../../src/domain/policy/rules.js';
import { readProject } from '../support/project.js';

/** Columns of the page: each channel, and the one answer of a thread where it is another matter. */
const COLUMNS = POLICED_CHANNELS.flatMap((channel) => {
  const [message, answer] = [rulingsOf(channel, false), rulingsOf(channel, true)];
  return message === answer
    ? [{ title: channel, rulings: message }]
    : [
        { title: `${channel}, answer`, rulings: answer },
        { title: `${channel}, message`, rulings: message },
      ];
});

it('the page on texts says what the table of rulings says', () => {
  const cells = readProject('docs/channels/outgoing-texts.md')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  const expected = POLICY_RULES.map((rule) => [
    `\`${rule}\``,
    ...COLUMNS.map(({ rulings }) => `${rulings[rule].grade}${rulings[rule].verified ? '' : ' *'}`),
  ]);
  expect(cells[0]).toEqual(['Rule', ...COLUMNS.map(({ title }) => title)]);
  expect(cells.slice(2)).toEqual(expected);
});
