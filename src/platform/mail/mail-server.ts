/** Where mail is handed in, and who writes it. */
export type MailServer = {
  readonly options: {
    readonly host: string;
    readonly port: number;
    readonly secure: boolean;
    readonly requireTLS: boolean;
    /** Whose certificate is expected, where `host` is an address. */
    readonly tls?: { readonly servername: string };
    readonly ignoreTLS?: boolean;
  };
  /** With a password, or with a token of access (XOAUTH2). */
  readonly auth: ({ readonly user: string } & ({ readonly pass: string } | { readonly accessToken: string })) | null;
  readonly from: { readonly name: string; readonly address: string };
};

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

const SENDER = /^(?:(?<name>[^<>@"]*?)\s*<(?<inner>[^\s<>@"]+@[^\s<>@"]+)>|(?<bare>[^\s<>@"]+@[^\s<>@"]+))$/;

/** Whether a text names a mail server: `smtps://` speaks TLS from the start, `smtp://` once it has said hello. */
export function isMailServer(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') return false;
  return [...url.searchParams].every(([name, value]) => name === 'tls' && value === 'optional');
}

/** Whether a text names who writes: an address, or a name with the address in angle brackets. */
export function isSender(text: string): boolean {
  return SENDER.test(text);
}

/**
 * Reads both. Over `smtp://` TLS is demanded, except towards this very machine and with `?tls=optional`: passwords and the
 * addresses of people are not for everybody on the way.
 */
export function readMailServer(text: string, sender: string): MailServer {
  const url = new URL(text);
  const { name = '', inner, bare } = SENDER.exec(sender)?.groups ?? {};
  const secure = url.protocol === 'smtps:';
  const optional = url.searchParams.get('tls') === 'optional' || LOOPBACK.test(url.hostname);
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return {
    options: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      requireTLS: !secure && !optional,
    },
    auth: user === '' ? null : { user, pass },
    from: { name, address: inner ?? bare ?? '' },
  };
}
