import { signal } from '@preact/signals';

const NAME = 'quipu.key';

/** The API key, kept for the tab or, where the person wants that, in the browser. */
export const apiKey = signal(read());

/** Whether the server has asked for a key. */
export const keyWanted = signal(false);

export function setKey(key: string, remember: boolean): void {
  apiKey.value = key;
  keyWanted.value = false;
  try {
    sessionStorage.setItem(NAME, key);
    if (remember) localStorage.setItem(NAME, key);
    else localStorage.removeItem(NAME);
  } catch {
    // Storage is switched off: the key lives as long as the page.
  }
}

function read(): string {
  try {
    return sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}
