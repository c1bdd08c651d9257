import type { Settings } from './settings';
import { path } from './tree';
import type { Attachment, Conversation, Kind, TreeNode } from './types';

const TITLE_LENGTH = 60;

export const untitled = { chat: 'New chat', completion: 'New text' } as const;

export function newConversation(kind: Kind, system: string, settings: Settings): Conversation {
  const now = Date.now();
  return {
    id: newId(),
    kind,
    title: untitled[kind],
    named: false,
    createdAt: now,
    updatedAt: now,
    system,
    settings,
    nodes: [],
    chosen: {},
  };
}

export function newNode(parent: string | null, role: TreeNode['role'], text: string, attachments: readonly Attachment[] = []): TreeNode {
  return { id: newId(), parent, role, text, createdAt: Date.now(), ...(attachments.length > 0 && { attachments }) };
}

/** Takes the title from the first message while no person has chosen one. */
export function titled(conversation: Conversation): Conversation {
  if (conversation.named) return conversation;
  const first = conversation.kind === 'chat' ? path(conversation)[0]?.text : fullText(conversation);
  const line = (first ?? '').trim().replace(/\s+/g, ' ');
  const title = line.length > TITLE_LENGTH ? line.slice(0, TITLE_LENGTH).replace(/\s\S*$/, '') + '…' : line;
  return { ...conversation, title: title || untitled[conversation.kind] };
}

/** The text of a completion. */
export const fullText = (conversation: Conversation) =>
  path(conversation)
    .map((node) => node.text)
    .join('');

/** randomUUID exists in secure contexts only, and a page may be served to the local network over plain HTTP. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
