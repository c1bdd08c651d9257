import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { countTokens } from '../api/server';
import { promptText } from '../model/attachments';
import { newNode } from '../model/conversation';
import type { Attachment } from '../model/types';

/** Shorter messages are no question of room. */
const LONG = 400;
const PAUSE_MS = 400;

/** How many tokens a long message will take, counted by the server in a pause of typing. */
export function TokenCount({ text, attachments }: { text: string; attachments: readonly Attachment[] }) {
  const count = useSignal<number | null>(null);
  const content = promptText(newNode(null, 'user', text, attachments));
  useEffect(() => {
    if (content.length < LONG) {
      count.value = null;
      return;
    }
    const controller = new AbortController();
    const timer = setTimeout(() => {
      countTokens(content, controller.signal).then(
        (tokens) => {
          count.value = tokens;
        },
        // A comfort only: that the server does not answer is shown elsewhere.
        () => {
          count.value = null;
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [content]);
  return <span class="muted token-count">{count.value !== null && `${count.value.toLocaleString('en')} tokens`}</span>;
}
