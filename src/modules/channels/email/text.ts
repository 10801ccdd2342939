/** Where mail programs put what they answer to, without marking its lines. */
const BOUNDARIES: readonly RegExp[] = [
  /^-{2,}\s*(?:original message|mensagem original|原始邮件)\s*-{2,}\s*$/i,
  /^_{20,}\s*$/,
  /^(?:from|de|发件人)\s*[:：]\s*.+@.+$/i,
];

/** What comes before marked lines: `On …, … wrote:`. It may stand on two lines. */
const ATTRIBUTION = /^(?:on|em|el|am|le|在)\s.{5,300}(?:wrote|escreveu|escribió|schrieb|a écrit|写道)\s*[:：]$/i;

/**
 * A mail's text with everything that is quoted in it marked by `> `, so that it can be told from what was written: programs that put
 * the mail they answer to below a line of their own leave it unmarked.
 */
export function visibleText(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const at = lines.findIndex((line, index) => index > 0 && BOUNDARIES.some((boundary) => boundary.test(line.trim())));
  const marked = at < 0 ? lines : [...lines.slice(0, at), ...lines.slice(at).map(quoted)];
  return marked
    .map((line) => (ATTRIBUTION.test(line.trim()) ? quoted(line) : line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function quoted(line: string): string {
  return line.startsWith('>') ? line : `> ${line}`;
}
