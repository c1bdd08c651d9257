import { copyText } from './clipboard';
import { regenerate, switchVersion } from '../state/actions';
import { isRunning, stop } from '../state/generation';
import { prefer, preferences } from '../state/preferences';
import { current, drawerOpen, helpOpen, settingsOpen, show, startNew } from '../state/view';
import * as tree from '../model/tree';
import { search } from '../model/search';
import { conversations } from '../store/library';

export interface Shortcut {
  /** As `KeyboardEvent.key`; with Control where `control` is set. */
  readonly key: string;
  readonly control?: boolean;
  readonly alt?: boolean;
  readonly does: string;
  /** Returns false where there was nothing to do. */
  readonly run: () => unknown;
}

const focus = (selector: string) => {
  if (selector === '#search') showList();
  else drawerOpen.value = false;
  // After what is about to be shown, which a microtask renders, and before the next key: a frame can come after several keys, and would
  // take the focus back from where they have moved it.
  queueMicrotask(() => document.querySelector<HTMLElement>(selector)?.focus());
};

function showList(): void {
  if (matchMedia('(max-width: 800px)').matches) drawerOpen.value = true;
  else prefer({ sidebar: true });
}

const lastAnswer = () => tree.path(current.value).findLast((node) => node.role === 'assistant');

function stepVersion(step: number): void {
  const node = lastAnswer();
  if (node && !isRunning(current.value.id)) switchVersion(current.value, node, step);
}

function stepConversation(step: number): void {
  const all = search(conversations.value, '');
  const next = all[all.findIndex((conversation) => conversation.id === current.value.id) + step];
  if (next) show(next.id);
}

const clickLast = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)].at(-1)?.click();

/** Keys that work anywhere on the page; single letters and signs only where nothing is typed. */
export const shortcuts: readonly Shortcut[] = [
  {
    key: '/',
    does: 'Write a message',
    run: () => {
      focus('#composer');
    },
  },
  {
    key: 'n',
    does: 'New conversation',
    run: () => {
      startNew();
      focus('#composer');
    },
  },
  {
    key: 'k',
    control: true,
    does: 'Search conversations',
    run: () => {
      focus('#search');
    },
  },
  {
    key: 'ArrowDown',
    alt: true,
    does: 'Next conversation',
    run: () => {
      stepConversation(1);
    },
  },
  {
    key: 'ArrowUp',
    alt: true,
    does: 'Previous conversation',
    run: () => {
      stepConversation(-1);
    },
  },
  {
    key: 'e',
    does: 'Edit your last message',
    run: () => {
      clickLast('[data-action=edit]');
    },
  },
  {
    key: 'r',
    does: 'Make another answer',
    run: () => {
      const node = lastAnswer();
      if (node) regenerate(current.value, node);
    },
  },
  {
    key: '[',
    does: 'Previous version of the answer',
    run: () => {
      stepVersion(-1);
    },
  },
  {
    key: ']',
    does: 'Next version of the answer',
    run: () => {
      stepVersion(1);
    },
  },
  { key: 'c', does: 'Copy the last answer', run: () => copyText(lastAnswer()?.text ?? '', document.body) },
  {
    key: ',',
    does: 'Settings',
    run: () => {
      settingsOpen.value = !settingsOpen.value;
    },
  },
  {
    key: '?',
    does: 'This list',
    run: () => {
      helpOpen.value = true;
    },
  },
  { key: 'Escape', does: 'Stop the answer; close what is open', run: escape },
];

function escape(): boolean {
  // What had the focus is out of sight now.
  if (drawerOpen.value) focus('#composer');
  else if (isRunning(current.value.id)) stop(current.value.id);
  else if (settingsOpen.value) settingsOpen.value = false;
  else return false;
  return true;
}

export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    const shortcut = shortcuts.find((candidate) => matches(candidate, event));
    if (shortcut && shortcut.run() !== false) event.preventDefault();
  });
}

function matches(shortcut: Shortcut, event: KeyboardEvent): boolean {
  if (shortcut.key !== event.key) return false;
  const command = event.ctrlKey || event.metaKey;
  if (shortcut.control || shortcut.alt) return command === !!shortcut.control && event.altKey === !!shortcut.alt;
  if (command || event.altKey) return false;
  return shortcut.key === 'Escape' || (preferences.value.letterKeys && !isTyping(event.target as HTMLElement));
}

const isTyping = (element: HTMLElement) => element.matches('input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]');
