import { exportText, importText } from '../model/transfer';
import { newNode, titled } from '../model/conversation';
import * as tree from '../model/tree';
import type { Attachment, Conversation, TreeNode } from '../model/types';
import { change, conversationOf, conversations, remove, save } from '../store/library';
import { answer, isRunning, stop } from './generation';
import { notify } from './notices';
import { begin, current, currentId, show, startNew } from './view';

/** Sends a message at the end of the conversation that is shown. */
export function send(text: string, attachments: readonly Attachment[]): void {
  const { id } = begin();
  post(id, tree.path(current.value).at(-1)?.id ?? null, text, attachments);
}

/** Sends another version of a message; what followed the old one stays with it. */
export function resend(conversation: Conversation, node: TreeNode, text: string): void {
  post(conversation.id, node.parent, text, node.attachments);
}

function post(id: string, parent: string | null, text: string, attachments: readonly Attachment[] = []): void {
  if (isRunning(id)) return;
  const node = newNode(parent, 'user', text, attachments);
  change(id, (conversation) => titled(tree.add(conversation, node)));
  void answer(id, node.id);
}

/** Makes another version of an answer. */
export function regenerate(conversation: Conversation, node: TreeNode): void {
  if (node.parent !== null) void answer(conversation.id, node.parent);
}

/** Shows the version that lies `step` away. */
export function switchVersion(conversation: Conversation, node: TreeNode, step: number): void {
  const all = tree.versions(conversation, node);
  const next = all[all.indexOf(node) + step];
  if (next) change(conversation.id, (now) => tree.choose(now, next));
}

export function rename(id: string, title: string): void {
  if (title.trim()) change(id, (conversation) => ({ ...conversation, title: title.trim(), named: true }));
}

export function deleteConversation(id: string): void {
  const conversation = conversationOf(id);
  if (!conversation) return;
  stop(id);
  const shown = currentId.value === id;
  if (shown) startNew();
  void remove(id);
  notify(`“${conversation.title}” is deleted.`, {
    label: 'Undo',
    run: () => {
      save(conversation);
      if (shown) show(id);
    },
  });
}

export function exportConversations(chosen: readonly Conversation[], name: string): void {
  const address = URL.createObjectURL(new Blob([exportText(chosen)], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: `${fileName(name)}.json` });
  link.click();
  // The browser has opened the file once the click is over, but not before.
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 1000);
}

const fileName = (name: string) => name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'conversation';

export async function importFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      const { conversations: read, known } = importText(await file.text(), conversations.value);
      read.forEach(save);
      const here = known > 0 ? `; ${known} ${known === 1 ? 'was' : 'were'} here already` : '';
      notify(`${read.length} ${read.length === 1 ? 'conversation' : 'conversations'} imported${here}.`);
    } catch (error) {
      notify((error as Error).message);
    }
  }
}
