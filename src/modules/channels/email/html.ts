import { decodeHTML } from 'entities';

/** Whose content nobody sees. */
const HIDDEN: ReadonlySet<string> = new Set(['script', 'style', 'head', 'title', 'template', 'noscript', 'svg']);

/** Which begin a line of their own. */
const BLOCKS: ReadonlySet<string> = new Set([
  ...['p', 'div', 'br', 'hr', 'tr', 'li', 'ul', 'ol', 'table', 'pre', 'section', 'article', 'header', 'footer'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'body', 'dl', 'dt', 'dd'],
]);

/** Between which and the text around them an empty line stands. */
const APART: ReadonlySet<string> = new Set(['p', 'blockquote', 'h1', 'h2', 'h3', 'h4', 'table']);

const TAG = /^<(\/?)([a-z][a-z0-9]{0,31})/i;

/**
 * The words of an HTML text and nothing else: no addresses of pictures, no scripts, no links. What is quoted in it is marked by `> `.
 * Every character is looked at once, whatever stands there: a mail made to be slow must not hold up others.
 */
export function textOfHtml(html: string): string {
  const page = new Page();
  const lower = html.toLowerCase();
  for (let at = 0; at < html.length;) {
    const open = html.indexOf('<', at);
    page.write(html.slice(at, open < 0 ? html.length : open));
    if (open < 0) break;
    const [next, tag] = tagAt(html, open);
    if (next < 0) break;
    at = next;
    if (tag === null) continue;
    if (tag.name === '<') page.write('<');
    else if (!tag.isEnd && HIDDEN.has(tag.name)) {
      at = lower.indexOf(`</${tag.name}`, next);
      if (at < 0) break;
    } else page.tag(tag.name, tag.isEnd);
  }
  return page.text();
}

type Tag = { readonly name: string; readonly isEnd: boolean };

/** What begins at a `<`, and where it is over; -1 = nowhere. null = something that says nothing, `<` = a mere character. */
function tagAt(html: string, open: number): [next: number, tag: Tag | null] {
  if (html.startsWith('<!--', open)) {
    const end = html.indexOf('-->', open + 4);
    return [end < 0 ? -1 : end + 3, null];
  }
  if (!/^<[a-z/!?]/i.test(html.slice(open, open + 2))) return [open + 1, { name: '<', isEnd: false }];
  const end = html.indexOf('>', open);
  if (end < 0) return [-1, null];
  const [, slash = '', name] = TAG.exec(html.slice(open, open + 40)) ?? [];
  return [end + 1, name === undefined ? null : { name: name.toLowerCase(), isEnd: slash === '/' }];
}

/** Lines as they are written. */
class Page {
  readonly #lines: string[] = [];
  #line: string[] = [];
  #quotes = 0;

  write(html: string): void {
    if (html !== '') this.#line.push(decodeHTML(html).replace(/\s+/g, ' '));
  }

  tag(name: string, isEnd: boolean): void {
    if (name === 'td' || name === 'th') this.#line.push(' ');
    if (!BLOCKS.has(name)) return;
    this.#endLine();
    if (APART.has(name) || (name === 'br' && !isEnd)) this.#lines.push(name === 'br' ? BREAK : '');
    if (name === 'blockquote') this.#quotes = Math.max(0, this.#quotes + (isEnd ? -1 : 1));
    if (name === 'li' && !isEnd) this.#line.push('- ');
  }

  text(): string {
    this.#endLine();
    return this.#lines
      .filter((line) => line !== BREAK)
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
  }

  #endLine(): void {
    const line = this.#line.join('').replace(/ {2,}/g, ' ').trim();
    this.#line = [];
    // Two breaks after each other leave a line empty.
    if (line === '' || line === '-') {
      if (this.#lines.at(-1) === BREAK) this.#lines.push('');
      return;
    }
    this.#lines.push(this.#quotes > 0 ? `> ${line}` : line);
  }
}

const BREAK = '\u0000';
