import { Marked, type Token } from 'marked';
import { escape } from './escape';
import { highlight } from './highlight';
import { math } from './math';

/** Tags that answers use for what Markdown cannot say. All others are shown as they were written. */
const HTML_TAG = /^<\/?(?:br|sub|sup|kbd|b|i|u|s|em|strong|del|ins|mark|small|details|summary)\s*\/?>$/i;

const marked = new Marked(math, {
  gfm: true,
  renderer: {
    html: ({ raw }) => raw.replace(/<[^>]*>?|[^<]+/g, (part) => (HTML_TAG.test(part) ? part : escape(part))),
    code: ({ text, lang }) => {
      const language = /^[\w+#.-]+/.exec(lang ?? '')?.[0].toLowerCase() ?? '';
      const code = highlight(text, language) ?? escape(text);
      return `<pre><code class="hljs language-${escape(language)}">${code}\n</code></pre>`;
    },
    // An image would be a request to somewhere else, with whatever the model put into its address.
    image: ({ href, text, title }) => `<a href="${escape(href)}" title="${escape(title ?? '')}">${escape(text || href)}</a>`,
  },
});

/** A paragraph, list, code block…: what it says and how to show it. */
export interface Block {
  readonly raw: string;
  readonly html: string;
}

/** Blocks of earlier calls: while an answer grows, only its last block changes. */
const known = new Map<string, string>();
const KNOWN_BLOCKS = 500;

/** Markdown to blocks of HTML that is not yet safe. */
export function parse(markdown: string): Block[] {
  const tokens = marked.lexer(markdown);
  // Where links are defined elsewhere in the text, a block's source does not say all.
  const alone = Object.keys(tokens.links).length === 0;
  return tokens
    .filter((token) => token.type !== 'space')
    .map((token) => ({ raw: token.raw, html: alone ? remembered(token) : render(token) }));
}

function remembered(token: Token): string {
  let html = known.get(token.raw);
  if (html === undefined) {
    html = render(token);
    if (known.size >= KNOWN_BLOCKS) known.clear();
    known.set(token.raw, html);
  }
  return html;
}

const render = (token: Token) => marked.parser([token]);
