import type { MarkedExtension, Tokens } from 'marked';
import { escape } from './escape';

/**
 * Formulas: `$$…$$` and `\[…\]` on their own, `$…$` and `\(…\)` within a line. They leave here as text in a marked element; KaTeX
 * makes the formula from it after the HTML has been cleaned (see enhance.ts).
 */
export const math: MarkedExtension = {
  extensions: [
    {
      name: 'mathBlock',
      level: 'block',
      start: (source) => /\$\$|\\\[/.exec(source)?.index,
      tokenizer: (source) => formula('mathBlock', /^(?:\$\$((?:\\.|[^$\\])+?)\$\$|\\\[([\s\S]+?)\\\])[ \t]*(?:\n+|$)/.exec(source)),
      renderer: (token) => `<p>${element(token, true)}</p>`,
    },
    {
      name: 'math',
      level: 'inline',
      start: (source) => /\$|\\[([]/.exec(source)?.index,
      tokenizer: (source) =>
        formula('mathDisplay', /^(?:\$\$((?:\\.|[^$\\])+?)\$\$|\\\[([\s\S]+?)\\\])/.exec(source)) ??
        // "It costs $5 or $6": no space inside the dollars, no digit behind them.
        formula('math', /^(?:\$((?!\s)(?:\\.|[^$\\\n])*?(?:\\.|[^\s$\\]))\$(?!\d)|\\\(([\s\S]+?)\\\))/.exec(source)),
      renderer: (token) => element(token, false),
    },
    { name: 'mathDisplay', renderer: (token) => element(token, true) },
  ],
};

function formula(type: string, match: RegExpExecArray | null): Tokens.Generic | undefined {
  return match ? { type, raw: match[0], text: (match[1] ?? match[2] ?? '').trim() } : undefined;
}

const element = (token: Tokens.Generic, display: boolean) =>
  `<span class="math${display ? ' math-display' : ''}">${escape(token['text'] as string)}</span>`;
