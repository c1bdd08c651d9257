import type { Attachment } from '../model/types';

export interface Draft {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

const empty: Draft = { text: '', attachments: [] };

/** What is typed but not sent, by conversation, so that a look at another one loses nothing. */
const drafts = new Map<string, Draft>();

export const draftOf = (id: string) => drafts.get(id) ?? empty;

export function keepDraft(id: string, draft: Draft): void {
  if (draft.text || draft.attachments.length > 0) drafts.set(id, draft);
  else drafts.delete(id);
}
