import type { Conversation } from './types';

/** Conversations in which every word occurs, in the title or in a message; the latest first. */
export function search(conversations: readonly Conversation[], query: string): Conversation[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return conversations
    .filter((conversation) => words.length === 0 || contains(conversation, words))
    .sort((a, b) => b.updatedAt - a.updatedAt);
}

function contains(conversation: Conversation, words: readonly string[]): boolean {
  const text = fold([conversation.title, ...conversation.nodes.map((node) => node.text)].join('\n'));
  return words.every((word) => text.includes(word));
}

/** Case and accents do not matter. */
const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
