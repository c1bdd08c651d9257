import { fullText, newNode, titled } from '../model/conversation';
import * as tree from '../model/tree';
import type { Conversation } from '../model/types';
import { change } from '../store/library';
import { answer } from './generation';
import { begin, current } from './view';

/**
 * Continues the text as it stands in the editor. Pieces that are unchanged stay what they are, so that it is known which the model wrote;
 * from the first change on the text is a new version.
 */
export function continueText(text: string): void {
  const { id } = begin();
  change(id, (conversation) => titled(withText(conversation, text)));
  const last = tree.path(current.value).at(-1);
  if (last) void answer(id, last.id);
}

/** The conversation with this text shown. */
export function withText(conversation: Conversation, text: string): Conversation {
  let kept = '';
  let parent: string | null = null;
  let shown = conversation;
  for (const node of tree.path(conversation)) {
    if (!text.startsWith(kept + node.text)) break;
    kept += node.text;
    parent = node.id;
  }
  const rest = text.slice(kept.length);
  // An empty piece ends the path where the old text went on.
  if (rest || fullText(conversation) !== kept) shown = tree.add(conversation, newNode(parent, 'user', rest));
  return shown;
}
