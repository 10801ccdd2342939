import { createServer } from 'node:net';
import { fetchLine, matches, numbersOf } from './imap-messages.mjs';
import { CommandReader, textOf } from './imap-reader.mjs';

const capabilities = ({ settings }) =>
  `IMAP4rev1 ID${settings.offersIdle ? ' IDLE' : ''}${settings.takesAtOnce ? ' SASL-IR' : ''} AUTH=XOAUTH2 UIDPLUS SPECIAL-USE LITERAL+ UNSELECT`;

/** IMAP4rev1 (RFC 3501), as much of it as a mail program needs that reads, searches, waits and files away. */
export function imapServer({ world, faults }) {
  return createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    const session = new Session(socket, world, faults);
    const reader = new CommandReader(
      () => socket.write('+ go on\r\n'),
      (tokens) => session.command(tokens),
    );
    socket.on('data', (chunk) => reader.push(chunk));
    socket.on('close', () => session.end());
    socket.write(`* OK [CAPABILITY ${capabilities(world)}] ready\r\n`);
  });
}

class Session {
  #user = null;
  #box = null;
  /** How many mails of the open mailbox the client knows of. */
  #known = 0;
  #idleTag = null;
  /** What the next line is, while one is waited for that is no command. */
  #expected = null;
  #stopListening = () => undefined;
  #queue = Promise.resolve();

  constructor(socket, world, faults) {
    Object.assign(this, { socket, world, faults });
    this.#stopListening = world.onNew((box) => {
      if (this.#idleTag !== null && box === this.#box) this.#tellNew();
    });
  }

  end() {
    this.world.waiting.delete(this.socket);
    this.#stopListening();
  }

  command(tokens) {
    this.#queue = this.#queue.then(() => this.#run(tokens)).catch(() => this.socket.destroy());
  }

  async #run([tag, name, ...args]) {
    if (this.world.settings.slowMs > 0) await new Promise((go) => setTimeout(go, this.world.settings.slowMs));
    if (this.#idleTag !== null) return this.#stopIdle(textOf(tag));
    if (this.#expected !== null) return this.#expected(textOf(tag));
    const word = textOf(name).toUpperCase();
    const [verb, rest] = word === 'UID' ? [`UID ${textOf(args[0]).toUpperCase()}`, args.slice(1)] : [word, args];
    const [state, handler] = COMMANDS[verb] ?? [];
    if (handler === undefined) return this.say(`${tag} BAD unknown`);
    if (state >= 1 && this.#user === null) return this.say(`${tag} NO log in first`);
    if (state >= 2 && this.#box === null) return this.say(`${tag} BAD select first`);
    return handler(this, tag, rest);
  }

  say(line) {
    if (!this.socket.destroyed) this.socket.write(typeof line === 'string' ? `${line}\r\n` : line);
  }

  login(tag, user, password) {
    if (this.faults.take('login')?.fault === 'busy') return this.say(`${tag} NO [UNAVAILABLE] too many connections`);
    if (!this.world.admits(user, { password }))
      return this.say(`${tag} NO [AUTHENTICATIONFAILED] wrong name or password`);
    return this.#welcome(tag, user);
  }

  /** The token comes with the command (RFC 4959), or once it is asked for. */
  authenticate(tag, mechanism, token) {
    if (mechanism.toUpperCase() !== 'XOAUTH2') return this.say(`${tag} NO [CANNOT] unknown mechanism`);
    if (token !== undefined) return this.#bearer(tag, token);
    this.#expected = (given) => {
      this.#expected = null;
      return this.#bearer(tag, given);
    };
    return this.say('+ ');
  }

  #bearer(tag, token) {
    if (this.faults.take('login')?.fault === 'busy') return this.say(`${tag} NO [UNAVAILABLE] too many connections`);
    const words = Buffer.from(token, 'base64').toString('utf8').split('\u0001');
    const user = words.find((word) => word.startsWith('user='))?.slice(5);
    const accessToken = words.find((word) => /^auth=bearer /i.test(word))?.slice(12);
    if (user !== undefined && accessToken !== undefined && this.world.admits(user, { accessToken }))
      return this.#welcome(tag, user);
    // It says why, and refuses once that is answered with nothing.
    this.#expected = () => {
      this.#expected = null;
      return this.say(`${tag} NO [AUTHENTICATIONFAILED] token not accepted`);
    };
    return this.say(`+ ${Buffer.from(JSON.stringify({ status: '401', schemes: 'bearer' })).toString('base64')}`);
  }

  #welcome(tag, user) {
    this.#user = user;
    return this.say(`${tag} OK [CAPABILITY ${capabilities(this.world)}] welcome`);
  }

  list(tag, pattern) {
    if (pattern === '') this.say('* LIST (\\Noselect) "/" ""');
    else
      for (const { name, use } of this.world.accounts.get(this.#user).boxes.values())
        this.say(`* LIST (\\HasNoChildren${use === null ? '' : ` ${use}`}) "/" ${JSON.stringify(name)}`);
    this.say(`${tag} OK listed`);
  }

  select(tag, name, readOnly) {
    const box = this.world.boxOf(this.#user, name);
    if (box === undefined) return this.say(`${tag} NO [NONEXISTENT] no such mailbox`);
    this.#box = box;
    this.#known = box.messages.length;
    this.say('* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)');
    this.say(`* ${this.#known} EXISTS\r\n* 0 RECENT`);
    this.say(`* OK [UIDVALIDITY ${box.uidValidity}] valid\r\n* OK [UIDNEXT ${box.uidNext}] next`);
    return this.say(`${tag} OK [READ-${readOnly ? 'ONLY' : 'WRITE'}] selected`);
  }

  unselect(tag) {
    this.#box = null;
    this.say(`${tag} OK`);
  }

  fetch(tag, set, items) {
    const wantsBody = items.some((item) => /^BODY(\.PEEK)?\[\]/i.test(item));
    const fault = wantsBody ? this.faults.take('read')?.fault : undefined;
    if (fault === 'cut_before') return this.socket.destroy();
    if (fault === 'busy') return this.say(`${tag} NO [UNAVAILABLE] try again later`);
    if (fault === 'error_before') return this.say(`${tag} NO [SERVERBUG] cannot read`);
    const { messages } = this.#box;
    const wanted = numbersOf(set, messages.at(-1)?.uid ?? 0);
    messages.forEach((message, index) => {
      if (!wanted(message.uid)) return;
      if (message.hiddenFor > 0) return void (message.hiddenFor -= 1);
      const garbage = fault === 'garbage' ? Buffer.from('\u0000\u0001 not a mail at all') : null;
      const line = fetchLine(index + 1, garbage === null ? message : { ...message, raw: garbage }, items);
      this.say(fault === 'cut_after' ? line.subarray(0, Math.ceil(line.length / 2)) : line);
    });
    if (fault === 'cut_after') return void this.socket.end();
    return this.say(`${tag} OK fetched`);
  }

  search(tag, criteria) {
    if (this.faults.take('search')?.fault === 'busy') return this.say(`${tag} NO [UNAVAILABLE] try again later`);
    const { messages } = this.#box;
    const last = messages.at(-1)?.uid ?? 0;
    const found = messages.filter((message) => matches(message, criteria, last)).map(({ uid }) => uid);
    this.say(`* SEARCH${found.map((uid) => ` ${uid}`).join('')}`);
    return this.say(`${tag} OK searched`);
  }

  append(tag, name, args) {
    if (this.faults.take('append')?.fault === 'busy') return this.say(`${tag} NO [OVERQUOTA] full`);
    const box = this.world.boxOf(this.#user, name);
    if (box === undefined) return this.say(`${tag} NO [TRYCREATE] no such mailbox`);
    const flags = (args.find(Array.isArray) ?? []).map(textOf);
    const raw = args.find((arg) => Buffer.isBuffer(arg)) ?? Buffer.alloc(0);
    const uid = this.world.put(this.#user, name, raw, { flags });
    return this.say(`${tag} OK [APPENDUID ${box.uidValidity} ${uid}] kept`);
  }

  noop(tag) {
    if (this.#box !== null) this.#tellNew();
    this.say(`${tag} OK`);
  }

  idle(tag) {
    this.#idleTag = tag;
    this.world.waiting.add(this.socket);
    this.world.waits += 1;
    this.say('+ idling');
    this.#tellNew();
  }

  #stopIdle(word) {
    const tag = this.#idleTag;
    this.#idleTag = null;
    this.world.waiting.delete(this.socket);
    this.say(word.toUpperCase() === 'DONE' ? `${tag} OK` : `${tag} BAD DONE expected`);
  }

  #tellNew() {
    const { length } = this.#box.messages;
    if (length !== this.#known) this.say(`* ${length} EXISTS`);
    this.#known = length;
  }
}

/** By name: what has to have happened before (1 = logged in, 2 = a mailbox is open), and what it does. */
const COMMANDS = {
  CAPABILITY: [0, (session, tag) => session.say(`* CAPABILITY ${capabilities(session.world)}\r\n${tag} OK`)],
  ID: [0, (session, tag) => session.say(`* ID ("name" "sim")\r\n${tag} OK`)],
  NOOP: [0, (session, tag) => session.noop(tag)],
  LOGIN: [0, (session, tag, [user, password]) => session.login(tag, textOf(user), textOf(password))],
  AUTHENTICATE: [
    0,
    (session, tag, [mechanism, token]) =>
      session.authenticate(tag, textOf(mechanism), token === undefined ? undefined : textOf(token)),
  ],
  LOGOUT: [0, (session, tag) => (session.say(`* BYE\r\n${tag} OK`), session.socket.end())],
  LIST: [1, (session, tag, args) => session.list(tag, textOf(args.filter((arg) => !Array.isArray(arg))[1] ?? ''))],
  SELECT: [1, (session, tag, [name]) => session.select(tag, textOf(name), false)],
  EXAMINE: [1, (session, tag, [name]) => session.select(tag, textOf(name), true)],
  APPEND: [1, (session, tag, [name, ...args]) => session.append(tag, textOf(name), args)],
  CLOSE: [2, (session, tag) => session.unselect(tag)],
  UNSELECT: [2, (session, tag) => session.unselect(tag)],
  IDLE: [2, (session, tag) => session.idle(tag)],
  'UID FETCH': [2, (session, tag, [set, items]) => session.fetch(tag, textOf(set), [items].flat().map(textOf))],
  'UID SEARCH': [2, (session, tag, criteria) => session.search(tag, criteria.map(textOf))],
};
