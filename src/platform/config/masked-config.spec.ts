import { loadConfig } from './load-config.js';
import { maskedConfig, maskedUrl } from './masked-config.js';

const URL_OF_OWNER = 'postgresql://owner:s3cret@db.example:5432/atende';
const KEY = Buffer.alloc(32, 7).toString('base64');

describe('maskedConfig', () => {
  it('shows what is set and no secret', () => {
    const config = loadConfig({
      DATABASE_URL: `${URL_OF_OWNER}?sslpassword=hunter2`,
      DATABASE_APP_URL: URL_OF_OWNER,
      TEMPORAL_ADDRESS: 't',
      TEMPORAL_API_KEY: 'api-hunter2',
      ATENDE_ROOT_KEY: KEY,
      ATENDE_SMTP_URL: 'smtp://atende:hunter2@mail.example',
      ATENDE_MAIL_FROM: 'no-reply@shop.example',
      ATENDE_MERCADOLIVRE_CLIENT_ID: '7',
      ATENDE_MERCADOLIVRE_CLIENT_SECRET: 'ml-hunter2',
    });
    const tls = { clientCertPair: { crt: Buffer.from('CERT'), key: Buffer.from('PRIVATE') } };
    const masked = maskedConfig({ ...config, temporal: { ...config.temporal, tls } });
    const text = JSON.stringify(masked);
    for (const secret of ['s3cret', 'hunter2', 'PRIVATE', KEY, Buffer.from('PRIVATE').toString('base64')]) {
      expect(text).not.toContain(secret);
    }
    expect(masked).toMatchObject({
      database: { url: 'postgresql://owner:***@db.example:5432/atende?sslpassword=***', poolSize: 16 },
      temporal: { apiKey: '***', tls: { clientCertPair: { crt: '4 bytes', key: '***' } } },
      rootKey: '***',
    });
    expect(text).not.toContain('loopsUrl');
  });

  it('masks text that is no URL as a whole', () => {
    expect(maskedUrl('user:pw@host')).not.toContain('pw');
    expect(maskedUrl('no url')).toBe('***');
  });
});
