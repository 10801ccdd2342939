import { isMailServer, readMailServer } from './mail-server.js';

const FROM = 'Atende <no-reply@shop.example>';

describe('a mail server', () => {
  it.each([
    ['smtps://mail.example', { host: 'mail.example', port: 465, secure: true, requireTLS: false }],
    ['smtp://mail.example', { host: 'mail.example', port: 587, secure: false, requireTLS: true }],
    ['smtp://mail.example:25?tls=optional', { host: 'mail.example', port: 25, secure: false, requireTLS: false }],
    ['smtp://127.0.0.1:2525', { host: '127.0.0.1', port: 2525, secure: false, requireTLS: false }],
    ['smtp://[::1]:2525', { host: '::1', port: 2525, secure: false, requireTLS: false }],
  ])('%s', (url, options) => {
    expect(isMailServer(url)).toBe(true);
    expect(readMailServer(url, FROM)).toEqual({
      options,
      auth: null,
      from: { name: 'Atende', address: 'no-reply@shop.example' },
    });
  });

  it('is logged in to with what stands in its address', () => {
    const { auth, from } = readMailServer('smtps://at%40ende:p%3Aw@mail.example', 'no-reply@shop.example');
    expect(auth).toEqual({ user: 'at@ende', pass: 'p:w' });
    expect(from).toEqual({ name: '', address: 'no-reply@shop.example' });
  });
});
