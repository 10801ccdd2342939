const LITERAL = /\{(\d+)(\+?)\}$/;

/** Cuts what a client sends into commands: lines, with literals of announced length inside (RFC 3501, 4.3). */
export class CommandReader {
  #bytes = Buffer.alloc(0);
  #line = '';
  #literals = [];
  #missing = 0;

  /** @param invite asks the client for the literal it announced; `take` gets the tokens of each command */
  constructor(invite, take) {
    Object.assign(this, { invite, take });
  }

  push(chunk) {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#step());
  }

  #step() {
    if (this.#missing > 0) {
      if (this.#bytes.length < this.#missing) return false;
      this.#literals.push(this.#bytes.subarray(0, this.#missing));
      this.#bytes = this.#bytes.subarray(this.#missing);
      this.#missing = 0;
    }
    const end = this.#bytes.indexOf('\r\n');
    if (end < 0) return false;
    this.#line += this.#bytes.subarray(0, end).toString('utf8');
    this.#bytes = this.#bytes.subarray(end + 2);
    const literal = LITERAL.exec(this.#line);
    if (literal !== null) {
      this.#line = `${this.#line.slice(0, literal.index)}\u0000`;
      this.#missing = Number(literal[1]);
      if (this.#missing === 0) this.#literals.push(Buffer.alloc(0));
      if (literal[2] === '') this.invite();
      return true;
    }
    const tokens = tokensOf(this.#line, this.#literals);
    this.#line = '';
    this.#literals = [];
    this.take(tokens);
    return true;
  }
}

/** Atoms as texts, quoted texts without their quotes, literals as bytes, lists as arrays. */
function tokensOf(line, literals) {
  const stack = [[]];
  for (const [token] of line.matchAll(/\(|\)|"(?:[^"\\]|\\.)*"|\u0000|[^\s()"\u0000\[]+(?:\[[^\]]*\][^\s()]*)?/g)) {
    if (token === '(') stack.push([]);
    else if (token === ')' && stack.length > 1) stack.at(-2).push(stack.pop());
    else if (token === '\u0000') stack.at(-1).push(literals.shift());
    else if (token.startsWith('"')) stack.at(-1).push(token.slice(1, -1).replace(/\\(.)/g, '$1'));
    else stack.at(-1).push(token);
  }
  return stack[0];
}

export function textOf(token) {
  return Buffer.isBuffer(token) ? token.toString('utf8') : Array.isArray(token) ? '' : String(token ?? '');
}
