import { signal } from '@preact/signals';

/** Lines kept; a screen reader reads what is added. */
const KEPT = 12;

export interface Announcement {
  readonly id: number;
  readonly text: string;
}

/** What a screen reader says; see ui/Announcer. */
export const announcements = signal<readonly Announcement[]>([]);

let last = 0;

export function announce(text: string): void {
  announcements.value = [...announcements.value.slice(1 - KEPT), { id: ++last, text }];
}

/** Says an answer sentence by sentence while it arrives, for one that changes with every token cannot be listened to. */
export class SpokenAnswer {
  #said = 0;

  update(text: string): void {
    const sentences = /^[\s\S]*(?:[.!?…:](?=\s)|\n)/.exec(text.slice(this.#said))?.[0];
    if (sentences?.trim()) this.#say(sentences);
  }

  end(text: string): void {
    if (text.slice(this.#said).trim()) this.#say(text.slice(this.#said));
  }

  #say(text: string): void {
    this.#said += text.length;
    announce(text.trim());
  }
}
