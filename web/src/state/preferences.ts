import { effect, signal } from '@preact/signals';
import { readSettings, type Settings } from '../model/settings';

const NAME = 'quipu.preferences';

export type Theme = 'system' | 'light' | 'dark';

export interface Preferences {
  readonly theme: Theme;
  /** Whether answers are asked for with the probabilities of their tokens. */
  readonly probabilities: boolean;
  /** Whether a single letter is a shortcut where nothing is typed. */
  readonly letterKeys: boolean;
  readonly sidebar: boolean;
  /** What a new conversation starts with. */
  readonly system: string;
  readonly settings: Settings;
}

const usual: Preferences = { theme: 'system', probabilities: false, letterKeys: true, sidebar: true, system: '', settings: {} };

export const preferences = signal(read());

export function prefer(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
  try {
    localStorage.setItem(NAME, JSON.stringify(preferences.value));
  } catch {
    // Storage is switched off or full: the choice lives as long as the page.
  }
}

function read(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME) ?? '{}') as Partial<Preferences>;
    return { ...usual, ...kept, settings: readSettings(kept.settings) };
  } catch {
    return usual;
  }
}

/** The style sheet follows the system unless the document names a theme. */
effect(() => {
  const { theme } = preferences.value;
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
});
