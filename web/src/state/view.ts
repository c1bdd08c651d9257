import { computed, signal } from '@preact/signals';
import { newConversation } from '../model/conversation';
import type { Conversation, Kind } from '../model/types';
import { conversationOf, save } from '../store/library';
import { preferences } from './preferences';
import { server } from './server';

/** The conversation that is shown; null before its first message. */
export const currentId = signal(idInAddress());

/** What a conversation that has not begun will be; the model decides until the person does. */
const wantedKind = signal<Kind | null>(null);

const fresh = () => newConversation('chat', preferences.peek().system, preferences.peek().settings);

/** The conversation that has not begun. */
const draft = signal(fresh());

/** The conversation that is shown, kept or not yet begun. */
export const current = computed<Conversation>(() => {
  const kept = conversationOf(currentId.value);
  if (kept) return kept;
  return { ...draft.value, kind: wantedKind.value ?? (server.value?.isBase ? 'completion' : 'chat') };
});

export const settingsOpen = signal(false);
export const helpOpen = signal(false);
/** The sidebar over the page, on narrow screens. */
export const drawerOpen = signal(false);

export function show(id: string): void {
  currentId.value = id;
  drawerOpen.value = false;
  writeAddress();
}

export function startNew(kind: Kind | null = null): void {
  wantedKind.value = kind;
  if (conversationOf(draft.value.id)) draft.value = fresh();
  currentId.value = null;
  drawerOpen.value = false;
  writeAddress();
}

/** Changes the conversation that is shown. One that has not begun is not kept yet. */
export function changeCurrent(edit: (conversation: Conversation) => Conversation): void {
  const changed = edit(current.value);
  if (conversationOf(changed.id)) save(changed);
  else draft.value = changed;
}

/** The conversation that is shown, kept from now on. */
export function begin(): Conversation {
  const conversation = current.value;
  if (!conversationOf(conversation.id)) {
    save(conversation);
    show(conversation.id);
  }
  return conversation;
}

export function setKind(kind: Kind): void {
  wantedKind.value = kind;
}

/** The address names the conversation, so that a reload, a bookmark and the back button find it. */
function writeAddress(): void {
  const hash = currentId.value === null ? '' : `#${currentId.value}`;
  if (location.hash !== hash) history.pushState(null, '', hash || location.pathname + location.search);
}

function idInAddress(): string | null {
  return location.hash.slice(1) || null;
}

globalThis.addEventListener('popstate', () => {
  currentId.value = idInAddress();
});
