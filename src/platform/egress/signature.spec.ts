import { jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { signatureHeaders } from './signature.js';

/** The vector that Standard Webhooks publishes with its libraries. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const SECONDS = 1_614_265_330;
const BODY = '{"test": 2432232314}';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

describe('signatures of webhooks', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: SECONDS * 1_000 + 400 });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('are those of the published vector', () => {
    expect(signatureHeaders([SECRET], ID, BODY)).toEqual({
      'webhook-id': ID,
      'webhook-timestamp': String(SECONDS),
      'webhook-signature': SIGNATURE,
    });
  });

  it('are made with each of two secrets while one replaces the other, and either is enough', () => {
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const headers = signatureHeaders([other, SECRET], ID, BODY);
    expect(headers['webhook-signature']).toContain(SIGNATURE);
    for (const secret of [other, SECRET]) expect(() => new Webhook(secret).verify(BODY, headers)).not.toThrow();
  });
});
