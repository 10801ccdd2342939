import { createHmac } from 'node:crypto';
import { isSameSignature, pushSignature, signatureOf } from './signature.js';

const APP = { partnerId: '2001887', partnerKey: 'shopee-fake-partner-key-0001' };
const AT = 1_655_714_431;
const TOKEN = '59777174636562737266615546704c6d';

/** Made over bases of the platform's own form with an invented key; two programs agree about them. */
describe('signatures of the platform', () => {
  it.each([
    [
      'about a shop',
      '/api/v2/shop/get_shop_info',
      '14701711',
      'b366d6ad1b2ca8c7fe946b64a142c30ae184efa7dd007aecbb9d17bf83996ea8',
    ],
    ['for a token', '/api/v2/auth/token/get', null, '1d68f5cba0339ac56e6b58f1e5673e1adeae0d79c2feb57185c41189d5e51748'],
    [
      'for a consent',
      '/api/v2/shop/auth_partner',
      null,
      '136acf597853a0e7f1179202c336947d376f83d9267961ea954cb25ee7fb386e',
    ],
    [
      'about a merchant',
      '/api/v2/merchant/get_merchant_info',
      '1234567',
      'c3e6cb99e86a19911cf41d39cf05a28ce16a82f19b011d6c85b57e55e26dfc5e',
    ],
  ])('%s', (_name, path, shopId, expected) => {
    const credential = shopId === null ? null : { accessToken: TOKEN, shopId };
    expect(signatureOf(APP, path, AT, credential)).toBe(expected);
  });

  it('of a push, over the address as it was registered and the bytes as they came', () => {
    const body = Buffer.from('{"code":10,"shop_id":14701711,"timestamp":1655714431,"data":{"type":"message"}}');
    expect(pushSignature('shopee-fake-push-key-0001', 'https://hooks.example.com/shopee/push', body)).toBe(
      'd16c276ad18d63de522c9467de144bbd1e35056bc4d969abd865e1cfa3c65458',
    );
  });

  it('are the HMAC of RFC 4231, case 2', () => {
    expect(createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it.each(['', 'ab', 'abd', 'abcd', 'äöü'])('are compared whole: %s', (given) => {
    expect(isSameSignature(given, 'abc')).toBe(false);
    expect(isSameSignature('abc', 'abc')).toBe(true);
  });
});
