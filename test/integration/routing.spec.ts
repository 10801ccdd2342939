import { readFileSync } from 'node:fs';
import { auditOf } from '../support/audit-log.js';
import type { ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { smallDefinition as small } from '../support/small-definition.js';
import { projectPath, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const STANDARD = readFileSync(projectPath('definitions/standard-br.yaml'), 'utf8');

describe('routing', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const ops = () => stack.as('ops');
  const save = (key: string, text: string): Promise<ApiAnswer> =>
    ops().put(`/v1/definitions/${key}/draft`, text, {
      headers: { 'content-type': 'application/yaml', 'if-match': '*' },
    });
  const publish = (key: string): Promise<ApiAnswer> => ops().post(`/v1/definitions/${key}/publish`);
  const release = async (key: string, text: string): Promise<void> => {
    await save(key, text);
    expect((await publish(key)).status).toBe(201);
  };

  const put = (rules: readonly object[], match = '*'): Promise<ApiAnswer> =>
    ops().put('/v1/routing', { rules }, { headers: { 'if-match': match } });
  const standard = { definition: 'standard-br' };

  it('is one list with a version', async () => {
    const { body, headers } = await stack.as('auditor').get('/v1/routing');
    expect([body.rules, headers.get('etag')]).toEqual([[standard], `"${body.version}"`]);
    const blind = await ops().put('/v1/routing', { rules: [standard] });
    expect(blind.status).toBe(428);
    expect((await put([standard], '"99"')).status).toBe(412);
  });

  it('decides on which definition the next message starts', async () => {
    const rules = [{ when: 'message.text.contains("segunda via")', definition: 'routed', version: 1 }, standard];
    await release('routed', small('routed'));
    await release('routed', small('routed', 'calendar: always'));
    expect((await put(rules)).status).toBe(200);
    const started = async (text: string): Promise<string> => {
      const { inquiryId } = await stack.send({ text });
      const result = await stack.superuser.query<{ on: string }>(
        `select definition_key || '@' || definition_version as on from inquiry where id = $1`,
        [inquiryId],
      );
      return result.rows[0]?.on ?? '';
    };
    expect(await started('Quero a segunda via da nota')).toBe('routed@1');
    expect(await started('Quando chega?')).toBe('standard-br@1');
    expect((await auditOf(stack, 'routing.replace')).at(-1)).toMatchObject({ after: { rules } });
  });

  it.each([
    ['an empty list', [], 'last_rule_conditional', 'rules.0'],
    ['a last rule with a condition', [{ when: 'buyer.blocked', ...standard }], 'last_rule_conditional', 'rules.0'],
    [
      'a condition on what is not known yet',
      [{ when: 'inquiry.intent == "price"', ...standard }, standard],
      'expression_type',
      'rules.0.when',
    ],
    ['a condition that is none', [{ when: '1 + 1', ...standard }, standard], 'expression_type', 'rules.0.when'],
    ['an unknown definition', [{ definition: 'nowhere' }], 'unknown_definition', 'rules.0.definition'],
    ['an unknown version', [{ ...standard, version: 99 }], 'unknown_version', 'rules.0.version'],
    ['a rule nothing gets to', [standard, standard], 'rule_shadowed', 'rules.1'],
  ])('refuses %s', async (_, rules, code, place) => {
    const answer = await put(rules);
    expect([answer.status, answer.body.code]).toEqual([422, 'routing_invalid']);
    expect(answer.body.problems[0]).toMatchObject({ code, path: place });
  });

  it('refuses a definition that does not take the channel, and a version that stops taking it', async () => {
    await release('letters', small('letters', 'channels: [email]'));
    const refused = await put([{ definition: 'letters' }]);
    expect(refused.body.problems[0]).toMatchObject({ code: 'channel_cannot', path: 'rules.0.definition' });
    expect((await put([{ when: 'shop.channel == "email"', definition: 'letters' }, standard])).status).toBe(200);
    await save('standard-br', STANDARD.replace('channels: [webhook, shopee, whatsapp, email]', 'channels: [email]'));
    const dropped = await publish('standard-br');
    expect(dropped.status).toBe(422);
    expect(dropped.body.problems).toContainEqual(expect.objectContaining({ code: 'channel_cannot', path: 'channels' }));
  });

  it('sends new inquiries to a new version at once, running ones stay', async () => {
    await put([{ definition: 'standard-br' }]);
    const running = await stack.send({ text: 'Uma pergunta' });
    await save('standard-br', STANDARD.replace('lease: 20m', 'lease: 25m'));
    expect((await publish('standard-br')).body.version).toBe(2);
    const next = await stack.send({ text: 'Outra pergunta' });
    const versions = await eventually(
      () =>
        stack.superuser.query<{ id: string; version: number }>(
          'select id, definition_version as version from inquiry where id = any($1)',
          [[running.inquiryId, next.inquiryId]],
        ),
      ({ rowCount }) => rowCount === 2,
    );
    expect(new Map(versions.rows.map(({ id, version }) => [id, version]))).toEqual(
      new Map([
        [running.inquiryId, 1],
        [next.inquiryId, 2],
      ]),
    );
  });

  it('goes back to an earlier version by naming it, at once and without publishing', async () => {
    await put([{ definition: 'standard-br', version: 1 }]);
    const { inquiryId } = await stack.send({ text: 'Mais uma pergunta' });
    const { body } = await stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`);
    expect(body.definition).toEqual({ key: 'standard-br', version: 1 });
    const { body: newest } = await ops().get('/v1/definitions/standard-br');
    expect(newest.version).toBe(2);
    await put([standard]);
    const { inquiryId: later } = await stack.send({ text: 'Outra ainda' });
    expect((await stack.as('supervisor').get(`/v1/inquiries/${later}`)).body.definition.version).toBe(2);
  });
});
