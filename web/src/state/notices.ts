import { signal } from '@preact/signals';

/** A short message at the foot of the page, with at most one thing to do about it. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

export const notice = signal<Notice | null>(null);

let last = 0;

export function notify(text: string, action?: Notice['action']): void {
  notice.value = { id: ++last, text, ...(action && { action }) };
}

export function dismiss(): void {
  notice.value = null;
}
