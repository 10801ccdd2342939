import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Metrics, MetricsServer, freeLoopbackAddress, scraped } from './index.js';

describe('Metrics', () => {
  it('tells counters, distributions and what is read at the scrape', async () => {
    const metrics = new Metrics();
    const count = metrics.counter({ name: 'atende_things_total', help: 'Things', labels: ['kind'] });
    count.add({ kind: 'a' });
    count.add({ kind: 'a' }, 2);
    metrics.histogram({ name: 'atende_wait_seconds', help: 'Wait', buckets: [1, 2] }).observe({}, 1.5);
    metrics.gauge({
      name: 'atende_level',
      help: 'Level',
      labels: ['of'],
      read: () => [{ labels: { of: 'x' }, value: 7 }],
    });
    const text = await metrics.text();
    expect(text).toContain(
      '# HELP atende_things_total Things\n# TYPE atende_things_total counter\natende_things_total{kind="a"} 3\n',
    );
    expect(text).toContain('atende_wait_seconds_bucket{le="1"} 0\natende_wait_seconds_bucket{le="2"} 1\n');
    expect(text).toContain('atende_level{of="x"} 7\n');
  });

  it('keeps instances apart', async () => {
    const [one, two] = [new Metrics(), new Metrics()];
    one.counter({ name: 'atende_things_total', help: 'Things' }).add({});
    two.counter({ name: 'atende_things_total', help: 'Things' });
    expect(await two.text()).toContain('atende_things_total 0\n');
  });

  it('leaves out what cannot be read, forgets its last value and counts that', async () => {
    const metrics = new Metrics();
    let broken = false;
    metrics.gauge({
      name: 'atende_level',
      help: 'Level',
      read: () => {
        if (broken) throw new Error('gone');
        return [{ labels: {}, value: 7 }];
      },
    });
    metrics.include(() => (broken ? Promise.reject(new Error('gone')) : Promise.resolve('other_total 1\n')));
    expect(await metrics.text()).toMatch(/^atende_level 7\nother_total 1\n$/m);
    broken = true;
    expect(await metrics.text()).not.toMatch(/^(atende_level|other_total) /m);
    const next = await metrics.text();
    expect(next).toMatch(/^atende_metrics_unread_total\{metric="included"\} [12]$/m);
    expect(next).toMatch(/^atende_metrics_unread_total\{metric="atende_level"\} [12]$/m);
  });
});

describe('the metrics server', () => {
  it('serves one path, to readers only', async () => {
    const metrics = new Metrics();
    const server = await MetricsServer.start(metrics, { host: '127.0.0.1', port: 0 });
    const base = `http://127.0.0.1:${server.port}`;
    const good = await fetch(`${base}/metrics?x=1`);
    expect([good.status, good.headers.get('content-type')]).toEqual([200, metrics.contentType]);
    expect(await good.text()).toBe(await metrics.text());
    expect((await fetch(`${base}/`)).status).toBe(404);
    expect((await fetch(`${base}/metrics`, { method: 'POST' })).status).toBe(405);
    await server.stop();
    await expect(fetch(`${base}/metrics`)).rejects.toThrow();
  });

  it('says that the port is taken', async () => {
    const server = await MetricsServer.start(new Metrics(), { host: '127.0.0.1', port: 0 });
    const again = MetricsServer.start(new Metrics(), { host: '127.0.0.1', port: server.port });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.stop();
  });
});

describe('metrics of a library', () => {
  it('are read over loopback without their end mark', async () => {
    const address = await freeLoopbackAddress();
    const server = createServer((_request, response) => response.end('temporal_x 1\n# EOF\n'));
    await new Promise<void>((resolve) => server.listen(Number(address.split(':')[1]), '127.0.0.1', resolve));
    expect((server.address() as AddressInfo).port).toBe(Number(address.split(':')[1]));
    expect(await scraped(address)()).toBe('temporal_x 1\n');
    server.close();
  });
});
