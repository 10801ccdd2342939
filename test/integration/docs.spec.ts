import { PROBLEMS } from '../../src/api/problems/codes.js';
import { readProject } from '../support/project.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('the pages', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(() => stack.stop());

  const get = (path: string): Promise<Response> => fetch(`${stack.baseUrl}${path}`);

  it('serve the description that is committed, to anybody', async () => {
    const response = await get('/openapi.json');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const served = (await response.json()) as { readonly paths: object };
    const committed = JSON.parse(readProject('openapi.json')) as { readonly paths: object };
    expect(Object.keys(served.paths)).toEqual(Object.keys(committed.paths));
    expect(served).toEqual(committed);
  });

  it('show the reference with nothing from anywhere else', async () => {
    const response = await get('/docs');
    const page = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    const parts = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url as string);
    expect(parts).toHaveLength(5);
    for (const part of parts) {
      expect(part).toMatch(/^\/[a-z]/);
      const answer = await get(part);
      expect([part, answer.status]).toEqual([part, 200]);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
    expect(await (await get('/docs/start.js')).text()).toContain("url: '/openapi.json'");
  });

  it.each(['/docs/package.json', '/docs/..%2fpackage.json', '/docs/__proto__', '/docs/swagger-ui.js.map'])(
    'serve no other file: %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('explain every problem code where its type points', async () => {
    const page = await (await get('/docs/problems')).text();
    for (const code of Object.keys(PROBLEMS)) expect(page).toContain(`<tr id="${code}">`);
    const { body } = await stack.as(null).get('/v1/inquiries');
    const [path, anchor] = String(body.type).split('#');
    expect([path, anchor]).toEqual(['/docs/problems', 'unauthenticated']);
    // Every status has its own heading, so that a new one cannot appear without words.
    expect(page).not.toMatch(/<h2>\d+ · <\/h2>/);
  });
});
