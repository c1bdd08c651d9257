import { computed, signal } from '@preact/signals';
import type { Conversation } from '../model/types';
import { Database } from './database';

/** A conversation that changes with every token is written this often. */
const WRITE_DELAY_MS = 500;

const all = signal<ReadonlyMap<string, Conversation>>(new Map());

/** All conversations, in no order. */
export const conversations = computed(() => [...all.value.values()]);

/** Why conversations are not kept, as a sentence; null while they are. */
export const storageProblem = signal<string | null>(null);

let database: Database | null = null;
const unwritten = new Map<string, ReturnType<typeof setTimeout>>();
const otherTabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('quipu') : null;

export const conversationOf = (id: string | null) => (id === null ? undefined : all.value.get(id));

/** Reads what is kept. Without a database (private windows of some browsers) the page works until it is closed. */
export async function openLibrary(): Promise<void> {
  try {
    database = await Database.open();
    all.value = new Map((await database.all()).map((conversation) => [conversation.id, conversation]));
  } catch {
    storageProblem.value = 'This browser keeps nothing for this page: conversations are gone when it is closed. Export those you need.';
  }
  if (otherTabs) otherTabs.onmessage = (message: MessageEvent<string>) => void reread(message.data);
  globalThis.addEventListener('pagehide', writeAll);
}

/** Shows the conversation as it is now and keeps it. */
export function save(conversation: Conversation): void {
  all.value = new Map(all.value).set(conversation.id, conversation);
  if (!unwritten.has(conversation.id)) {
    unwritten.set(
      conversation.id,
      setTimeout(() => void write(conversation.id), WRITE_DELAY_MS),
    );
  }
}

/** Applies a change to the conversation as it is now, if it is still there. */
export function change(id: string, edit: (conversation: Conversation) => Conversation): void {
  const conversation = conversationOf(id);
  if (conversation) save(edit(conversation));
}

export async function remove(id: string): Promise<void> {
  clearTimeout(unwritten.get(id));
  unwritten.delete(id);
  const rest = new Map(all.value);
  rest.delete(id);
  all.value = rest;
  await database?.delete(id).catch(failed);
  otherTabs?.postMessage(id);
}

function writeAll(): void {
  for (const id of unwritten.keys()) void write(id);
}

async function write(id: string): Promise<void> {
  clearTimeout(unwritten.get(id));
  unwritten.delete(id);
  const conversation = conversationOf(id);
  if (!database || !conversation) return;
  try {
    await database.put(conversation);
    storageProblem.value = null;
    otherTabs?.postMessage(id);
  } catch (error) {
    failed(error);
  }
}

function failed(error: unknown): void {
  storageProblem.value =
    error instanceof DOMException && error.name === 'QuotaExceededError'
      ? 'The browser has no more room for this page: the latest messages are not kept. Export and delete old conversations.'
      : 'The browser could not keep the latest messages. Export the conversation before closing the page.';
}

/** Another tab has written or deleted this conversation. */
async function reread(id: string): Promise<void> {
  const conversation = await database?.get(id);
  if (unwritten.has(id)) return;
  const next = new Map(all.value);
  if (conversation) next.set(id, conversation);
  else next.delete(id);
  all.value = next;
}
