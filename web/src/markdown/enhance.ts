import katex from 'katex';
import { copyText } from '../ui/clipboard';

/** Gives clean nodes what needs more than HTML: formulas, and a head with language and copy button for code. */
export function enhance(fragment: DocumentFragment): DocumentFragment {
  for (const element of fragment.querySelectorAll<HTMLElement>('span.math')) renderFormula(element);
  for (const pre of fragment.querySelectorAll('pre')) addHead(pre);
  for (const table of fragment.querySelectorAll('table')) table.replaceWith(scroller(table));
  for (const box of fragment.querySelectorAll('input')) box.setAttribute('aria-label', box.checked ? 'Done' : 'To do');
  return fragment;
}

/** KaTeX builds nodes, not HTML: the content policy forbids style attributes but not styles set on nodes. */
function renderFormula(element: HTMLElement): void {
  const source = element.textContent;
  const displayMode = element.classList.contains('math-display');
  katex.render(source, element, { displayMode, throwOnError: false, trust: false, maxSize: 20, maxExpand: 500, strict: 'ignore' });
}

function addHead(pre: HTMLPreElement): void {
  const code = pre.querySelector('code');
  const language = /language-(\S+)/.exec(code?.className ?? '')?.[1] ?? '';
  const label = document.createElement('span');
  label.textContent = language || 'text';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', language ? `Copy ${language} code` : 'Copy code');
  button.addEventListener('click', () => void copyText(pre.textContent.replace(/\n$/, ''), button));
  const head = document.createElement('div');
  head.className = 'code-head';
  head.append(label, button);
  const figure = document.createElement('div');
  figure.className = 'code';
  pre.replaceWith(figure);
  // Wide code scrolls; a keyboard must reach what scrolls.
  pre.tabIndex = 0;
  pre.setAttribute('role', 'region');
  pre.setAttribute('aria-label', language ? `${language} code` : 'Code');
  figure.append(head, pre);
}

function scroller(table: HTMLTableElement): HTMLElement {
  const box = document.createElement('div');
  box.className = 'table';
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', 'Table');
  box.append(table.cloneNode(true));
  return box;
}
