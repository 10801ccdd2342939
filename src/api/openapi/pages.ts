import { PROBLEMS } from '../problems/codes.js';

const STYLE = `body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1f; }
h2 { margin-top: 2.5rem; } table { border-collapse: collapse; width: 100%; } td { padding: .4rem .75rem .4rem 0; vertical-align: top;
border-top: 1px solid #ddd; } td:first-child { width: 18rem; } tr:target { background: #fff3c4; } a { color: #0b57d0; }`;

const GROUPS: Readonly<Record<number, string>> = {
  400: 'The request is malformed',
  401: 'Nobody the API knows sent it',
  403: 'Whoever sent it may not do that',
  404: 'There is no such thing, or it is not yours',
  405: 'The path has no such method',
  408: 'It came too slowly',
  409: 'The state of things stands against it, or somebody was faster',
  410: 'It is gone for good',
  412: 'It has changed since it was read',
  413: 'There is too much of it',
  414: 'Its address is too long',
  415: 'It is in a form that is not read',
  422: 'It was understood and cannot be done as it stands',
  428: 'It has to say which version it is about',
  431: 'Its headers are too large',
  429: 'There are too many of them; Retry-After says when to go on',
  500: 'Something went wrong on our side',
  503: 'It cannot be done just now; Retry-After says when to try again',
};

/** The reference of the API: a shell for the viewer, which reads `/openapi.json`. */
export function referencePage(): string {
  return html(
    'Atende API',
    `<link rel="stylesheet" href="/docs/swagger-ui.css">`,
    `<div id="reference"><noscript><p>The viewer needs JavaScript. The description itself: <a href="/openapi.json">/openapi.json</a></p></noscript></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>`,
  );
}

/** Starts the viewer on the reference page. */
export const REFERENCE_START = `window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'none',
  operationsSorter: 'alpha',
  persistAuthorization: false,
  validatorUrl: null,
});
`;

/** Every code a problem document can carry, by status; the `type` of a problem points at its line here. */
export function problemsPage(): string {
  const statuses = [...new Set(Object.values(PROBLEMS).map(([status]) => status))].sort((a, b) => a - b);
  const groups = statuses.map((status) => {
    const rows = Object.entries(PROBLEMS)
      .filter(([, [of]]) => of === status)
      .map(([code, [, title]]) => `<tr id="${code}"><td><code>${code}</code></td><td>${escaped(title)}</td></tr>`);
    return `<h2>${status} · ${escaped(GROUPS[status] ?? '')}</h2>\n<table>\n${rows.join('\n')}\n</table>`;
  });
  return html(
    'Atende: problems',
    `<style>${STYLE}</style>`,
    `<h1>Problems</h1>
<p>A refusal is a problem document (RFC 9457, <code>application/problem+json</code>). Its <code>code</code> stays the same over
releases: decide by it. <code>detail</code> says what to do, <code>errors</code> points into the request where that helps.
<a href="/docs">The reference of the API</a></p>
${groups.join('\n')}`,
  );
}

function html(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="/docs/favicon-32x32.png">
${head}
</head>
<body>
${body}
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
