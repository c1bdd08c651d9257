import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Writes script and styles into the document, so that one request loads the page; fails when anything is left outside. */
export function singleFile(): Plugin {
  return {
    name: 'single-file',
    enforce: 'post',
    apply: 'build',
    generateBundle(_, bundle) {
      const document = bundle['index.html'];
      if (document?.type !== 'asset') throw new Error('No index.html in the bundle.');
      const scripts: string[] = [];
      const styles: string[] = [];
      let html = String(document.source);
      for (const [name, file] of Object.entries(bundle)) {
        if (name === 'index.html') continue;
        const place = new RegExp(`\\s*<(?:script|link)[^>]*${name.replaceAll('.', '\\.')}[^>]*>(?:</script>)?`);
        if (!place.test(html)) throw new Error(`${name} could not be written into the document.`);
        html = html.replace(place, '');
        if (file.type === 'chunk') scripts.push(`<script type="module">${inScript(file.code)}</script>`);
        else styles.push(`<style>${String(file.source).trim()}</style>`);
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
        delete bundle[name];
      }
      const notices = readFileSync(new URL('./third-party.txt', import.meta.url), 'utf8');
      // Replacements are functions, for `$&` in a script is no pattern.
      document.source = html
        .replace('<head>', () => `<!--\n${notices}-->\n  <head>`)
        .replace('</head>', () => `  ${[...styles, ...scripts].join('\n    ')}\n  </head>`);
    },
  };
}

/** The parser of HTML ends a script at the first end tag wherever it stands, and the server looks for elements to name in its policy. */
const inScript = (code: string) => code.trim().replace(/<(?=\/?script|\/?style|!--)/gi, '\\x3C');
