import type { Plugin } from 'vite';

/** Every browser the page supports reads woff2: the other two formats of KaTeX's fonts would triple the page. */
export function onlyWoff2(): Plugin {
  return {
    name: 'only-woff2',
    enforce: 'pre',
    transform(code, id) {
      return /katex.*\.css/.test(id) ? code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, '') : null;
    },
  };
}
