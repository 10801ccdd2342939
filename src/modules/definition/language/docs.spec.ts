import { readFileSync } from 'node:fs';
import { TENANT } from '../../../../test/support/lint-examples/example.js';
import { RESPOND_RULES } from '../../../domain/channel/respond-rules.js';
import { scopeShape } from '../../../domain/expression/scope.js';
import { checkDefinition } from './check.js';
import { STEP_DEFAULTS } from './compile/steps.js';
import { NOT_SUPPORTED_YET } from './lint/supported.js';
import { ERROR_CODES, WARNING_CODES } from './problem.js';

const page = readFileSync('docs/definitions.md', 'utf8');

const section = (title: string): string => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

const blocks = [...page.matchAll(/^```yaml ?(\S*)\n(.*?)^```$/gms)].map(([, code, text]) => {
  return { code: code ?? '', text: text ?? '', key: /^key: (.*)$/m.exec(text ?? '')?.[1] ?? '' };
});

describe('docs/definitions.md', () => {
  it('has examples', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(7);
  });

  it.each(blocks.map((block) => [block.key, block.code || 'no problem', block] as const))(
    '%s shows %s',
    (_key, _shown, { code, text }) => {
      const codes = checkDefinition(text, 'application/yaml', TENANT).problems.map((problem) => problem.code);
      expect([...new Set(codes)]).toEqual(code === '' ? [] : [code]);
    },
  );

  it('explains every code', () => {
    const explained = section('Problems');
    expect(ERROR_CODES.filter((code) => !explained.includes(`\`${code}\``))).toEqual([]);
    expect(WARNING_CODES.filter((code) => !explained.includes(`\`${code}\` (warning)`))).toEqual([]);
  });

  it('lists what is not executed yet, and nothing else', () => {
    const listed = [...section('Not executed yet').matchAll(/^- `(.*)`$/gm)].map(([, name]) => name);
    expect(listed).toEqual(NOT_SUPPORTED_YET.map(({ name }) => name));
  });

  it('names every field an expression can read', () => {
    const rows = section('Expressions');
    for (const [name, field] of Object.entries(scopeShape('definition', {}))) {
      const row = rows.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      expect(row).not.toBe('');
      const fields = typeof field === 'object' && 'record' in field ? Object.keys(field.record) : [];
      expect(fields.filter((inner) => !row.includes(`\`${inner}\``))).toEqual([]);
    }
  });

  it('tells each channel’s own rule, and which are to be confirmed', () => {
    const rows = section('Reference').split('\n');
    for (const [name, { withinMs, verified }] of Object.entries(RESPOND_RULES)) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      expect(row).toContain(withinMs === null ? 'no limit' : `${withinMs / 3_600_000} hours`);
      expect(row.includes('to be confirmed')).toBe(!verified);
    }
  });

  it('gives the defaults that are compiled in', () => {
    for (const value of Object.values(STEP_DEFAULTS)) expect(section('Reference')).toContain(`\`${value}\``);
  });
});
