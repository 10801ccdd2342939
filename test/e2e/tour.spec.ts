import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { newHome, Product, removeHome } from '../support/product.js';
import { projectFolder } from '../support/project.js';

const run = promisify(execFile);

/** The commands of the tour, as the README has them. */
function tour(): string {
  const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8');
  const block = /<!-- tour -->\s*```bash\n(.*?)\n```/s.exec(readme)?.[1];
  if (block === undefined) throw new Error('The README has no tour');
  return block;
}

describe('the tour of the README', () => {
  const home = newHome();
  let product: Product;

  beforeAll(async () => {
    product = await Product.start(home);
  }, 90_000);

  afterAll(async () => {
    await product.destroy();
    removeHome(home);
  }, 30_000);

  it.each(['the first time', 'again'])(
    'works as written, %s',
    async () => {
      const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
      const { stdout, stderr } = await run('bash', ['--norc', '-eu', '-o', 'pipefail', '-c', tour()], {
        cwd: projectFolder,
        env: { PATH, ATENDE_HOME: home },
      });
      expect(stderr).toBe('');
      // Every answer of the product, in the order of the tour.
      const [inquiry, outbox, claimed, sent, history] = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(inquiry).toMatchObject({ state: 'open', step: 'reply', tags: [] });
      expect(outbox.items.at(-1).data).toMatchObject({ author: 'automated', text: expect.stringContaining('Marina') });
      expect(claimed).toMatchObject({ kind: 'reply', inquiry: { id: inquiry.id }, token: expect.any(Number) });
      expect(sent).toMatchObject({ state: 'queued', messageId: expect.any(String) });
      expect(history.items.map((entry: { kind: string }) => entry.kind)).toEqual(
        expect.arrayContaining(['inquiry.opened', 'message.queued', 'task.opened', 'task.completed', 'obligation.met']),
      );
      const { body: outboxAfter } = await product.as(null).get('/demo/outbox');
      expect(outboxAfter.items.at(-1).data).toMatchObject({
        author: 'human',
        text: expect.stringContaining('Chega amanhã'),
      });
    },
    60_000,
  );
});
