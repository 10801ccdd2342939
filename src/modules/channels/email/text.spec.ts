import { textOfHtml } from './html.js';
import { visibleText } from './text.js';

describe('the words of HTML', () => {
  it.each([
    ['lines', '<div>Oi,</div><div>tudo bem?</div>', 'Oi,\ntudo bem?'],
    ['breaks', 'Oi,<br>tudo<br/><br>bem?', 'Oi,\ntudo\n\nbem?'],
    ['paragraphs', '<p>Oi</p><p>tchau</p>', 'Oi\n\ntchau'],
    ['lists', '<ul><li>um</li><li>dois</li></ul>', '- um\n- dois'],
    ['letters', 'A&ccedil;&atilde;o &lt;b&gt; &#128230; 1 < 2', 'Ação <b> 📦 1 < 2'],
    ['quotes', 'Sim!<blockquote><p>Quer?</p></blockquote>', 'Sim!\n\n> Quer?'],
    ['what nobody sees', '<!-- x --><head><title>t</title></head>a<script>b</SCRIPT>c<img src=x onerror=y>', 'ac'],
    ['what never ends', 'a<script>b', 'a'],
    ['a tag that never ends', 'a<b', 'a'],
  ])('%s', (_name, html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });
});

describe('quoted text', () => {
  it.each([
    ['is left where it is marked', 'Sim!\n\n> Quer?', 'Sim!\n\n> Quer?'],
    [
      'of Outlook is marked',
      'Sim!\n\n-----Mensagem original-----\nDe: Loja\nQuer?',
      'Sim!\n\n> -----Mensagem original-----\n> De: Loja\n> Quer?',
    ],
    [
      'has its first line marked too',
      'Sim!\n\nEm seg., 2 de nov. de 2026, Loja <a@b.example> escreveu:\n> Quer?',
      'Sim!\n\n> Em seg., 2 de nov. de 2026, Loja <a@b.example> escreveu:\n> Quer?',
    ],
    ['is not what a mail begins with', 'De: joana@x.example\nOi', 'De: joana@x.example\nOi'],
  ])('%s', (_name, text, expected) => {
    expect(visibleText(text)).toBe(expected);
  });
});
