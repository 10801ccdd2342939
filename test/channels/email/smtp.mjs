import { bytesOf } from '../serving.mjs';
import { SMTPServer } from 'smtp-server';

/** Handing mail in, with a login. */
export function smtpServer({ world, faults }) {
  const planned = new Map();
  const server = new SMTPServer({
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    // Nobody here has a name to be looked up.
    disableReverseLookup: true,
    size: world.settings.maxSize,
    authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
    onAuth: ({ username, password, accessToken }, _session, done) => {
      if (faults.take('login')?.fault === 'busy') return done(answer(454, 'Temporary authentication failure'));
      const isRefused = accessToken !== undefined && faults.take('smtp_token') !== null;
      if (!isRefused && world.admits(username, { password, accessToken })) return done(null, { user: username });
      // Of a token it says why, and refuses once that is answered.
      if (accessToken !== undefined) return done(null, { data: { status: '401', schemes: 'bearer' } });
      return done(answer(535, 'Authentication credentials invalid'));
    },
    onRcptTo: ({ address }, session, done) => {
      const fault = faults.take('send', address)?.fault;
      planned.set(session.id, fault);
      if (fault === 'cut_before') return cut(session);
      if (fault === 'error_before') return done(answer(421, 'Closing'));
      if (fault === 'busy') return done(answer(451, 'Greylisted, try again'));
      if (fault === 'refuse') return done(answer(550, 'No such user'));
      return done();
    },
    // Whoever hangs up in the middle of a mail has handed in nothing.
    onData: (stream, session, done) => void message(stream, session, done).catch(() => undefined),
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket) => socket.setNoDelay(true));
  return server;

  async function message(stream, session, done) {
    const raw = await bytesOf(stream);
    const fault = planned.get(session.id);
    if (fault === 'busy_data') return done(answer(452, 'Out of space'));
    if (stream.sizeExceeded) return done(answer(552, 'Too large'));
    const { mailFrom, rcptTo } = session.envelope;
    const to = rcptTo.map(({ address }) => address);
    world.take(session.user, { from: mailFrom ? mailFrom.address : '', to, raw });
    if (fault === 'hang_after') return undefined;
    if (fault === 'cut_after') return cut(session);
    if (fault === 'error_after') return done(answer(421, 'Closing'));
    return done();
  }

  /** The library has no public way to a connection's socket. */
  function cut({ id }) {
    for (const connection of server.connections) if (connection.id === id) connection._socket.destroy();
  }
}

function answer(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}
