import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namesOnDisk, openFiles } from '../../src/platform/files/index.js';
import type { FileStore } from '../../src/platform/files/index.js';
import { S3Server, signatureOf } from '../support/s3-server.js';

const KEY = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', region: 'sa-east-1' };
const MAX_BYTES = 1_000_000;

describe('a store of files', () => {
  let folder: string;
  let s3: S3Server;
  let stores: Readonly<Record<'disk' | 'bucket', FileStore>>;

  const bucket = (key = KEY): FileStore =>
    openFiles({
      folder: '/nonexistent',
      maxBytes: MAX_BYTES,
      bucket: { url: s3.url, region: key.region, keyId: key.id, secret: key.secret },
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atende-files-'));
    s3 = await new S3Server(KEY).start();
    stores = { disk: openFiles({ folder, maxBytes: MAX_BYTES, bucket: undefined }), bucket: bucket() };
  });

  afterAll(async () => {
    await s3.stop();
    await rm(folder, { recursive: true });
  });

  it.each(['disk', 'bucket'] as const)('keeps, gives, overwrites and deletes: %s', async (kind) => {
    const store = stores[kind];
    const name = `${randomUUID()}/${randomUUID()}`;
    expect(await store.get(name)).toBeNull();
    const large = randomBytes(300_000);
    await store.put(name, randomBytes(10));
    await store.put(name, large);
    expect(await store.get(name)).toEqual(large);
    await store.remove(name);
    expect(await store.get(name)).toBeNull();
    // A second time is no error: whoever deletes may have been cut off before.
    await store.remove(name);
  });

  it('on a disk leaves nothing half written and nothing that others may read', async () => {
    const tenant = randomUUID();
    const name = `${tenant}/${randomUUID()}`;
    await Promise.all(Array.from({ length: 8 }, (_, n) => stores.disk.put(name, Buffer.alloc(50_000, n))));
    const kept = await stores.disk.get(name);
    expect(new Set(kept)).toHaveProperty('size', 1);
    expect(await readdir(join(folder, tenant))).toEqual([name.split('/')[1]]);
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, tenant))).mode & 0o777).toBe(0o700);
  });

  it('on a disk deletes what somebody who died has left half written, and nothing that is being written', async () => {
    const own = await mkdtemp(join(tmpdir(), 'atende-drafts-'));
    const drafts = join(own, 'drafts');
    await mkdir(drafts);
    const [old, young] = ['a'.repeat(24), 'b'.repeat(24)];
    for (const name of [old, young]) await writeFile(join(drafts, name), 'half');
    const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(drafts, old), hoursAgo, hoursAgo);
    const name = `${randomUUID()}/${randomUUID()}`;
    await openFiles({ folder: own, maxBytes: MAX_BYTES, bucket: undefined }).put(name, Buffer.from('x'));
    expect(await readdir(drafts)).toEqual([young]);
    expect(await namesOnDisk(own)).toEqual([name]);
    await rm(own, { recursive: true });
  });

  it('on a disk has no way out of its folder', async () => {
    for (const name of ['../x/y', 'a/../../b', '/etc/passwd', 'a/b/c', 'a']) {
      await expect(stores.disk.get(name)).rejects.toThrow('Not the name');
      await expect(stores.disk.put(name, Buffer.alloc(1))).rejects.toThrow('Not the name');
    }
  });

  it('in a bucket takes nothing without the right key, and says so', async () => {
    const name = `${randomUUID()}/${randomUUID()}`;
    await stores.bucket.put(name, Buffer.from('x'));
    const wrong = [
      { ...KEY, secret: 'another' },
      { ...KEY, id: 'AKIDANOTHER' },
      { ...KEY, region: 'us-east-1' },
    ];
    for (const key of wrong) {
      await expect(bucket(key).get(name)).rejects.toThrow('403');
      await expect(bucket(key).put(name, Buffer.from('y'))).rejects.toThrow('403');
      await expect(bucket(key).remove(name)).rejects.toThrow('403');
    }
    expect(await stores.bucket.get(name)).toEqual(Buffer.from('x'));
  });

  it('in a bucket that fails is no store without the file', async () => {
    s3.faults.push(503, 500, 404);
    await expect(stores.bucket.get(`${randomUUID()}/${randomUUID()}`)).rejects.toThrow('503');
    await expect(stores.bucket.remove(`${randomUUID()}/${randomUUID()}`)).rejects.toThrow('500');
    // A bucket that is not there.
    await expect(stores.bucket.put(`${randomUUID()}/${randomUUID()}`, Buffer.alloc(1))).rejects.toThrow('404');
  });

  it('is tried with the signature that AWS publishes as an example', () => {
    const headers = {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-amz-date': '20130524T000000Z',
    };
    const request = { method: 'GET', path: '/test.txt', query: '', headers };
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    expect(signatureOf(request, Object.keys(headers), secret, 'us-east-1')).toBe(
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });
});
