import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Conversation, TreeNode } from '../model/types';
import { resend } from '../state/actions';
import { AttachmentList } from './AttachmentList';
import { copyText } from './clipboard';
import { fitHeight } from './fitHeight';
import { IconButton } from './IconButton';
import { Versions } from './Versions';

interface Props {
  conversation: Conversation;
  node: TreeNode;
  busy: boolean;
}

export function UserMessage({ conversation, node, busy }: Props) {
  const [editing, setEditing] = useState(false);
  return (
    <article class="message user" aria-label="You">
      {editing ? (
        <Editor
          text={node.text}
          onCancel={() => {
            setEditing(false);
          }}
          onSend={(text) => {
            setEditing(false);
            resend(conversation, node, text);
          }}
        />
      ) : (
        <>
          <AttachmentList attachments={node.attachments ?? []} />
          {node.text && <div class="bubble">{node.text}</div>}
          <div class="actions">
            <Versions conversation={conversation} node={node} busy={busy} />
            <IconButton icon="copy" label="Copy" onClick={(event) => void copyText(node.text, event.currentTarget)} />
            <IconButton
              icon="edit"
              label="Edit and send again"
              data-action="edit"
              disabled={busy}
              onClick={() => {
                setEditing(true);
              }}
            />
          </div>
        </>
      )}
    </article>
  );
}

function Editor({ text, onCancel, onSend }: { text: string; onCancel: () => void; onSend: (text: string) => void }) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (!field.current) return;
    fitHeight(field.current);
    field.current.focus();
    field.current.setSelectionRange(text.length, text.length);
  }, []);
  const submit = () => {
    const value = field.current?.value ?? '';
    if (value.trim()) onSend(value);
  };
  return (
    <div class="editor">
      <textarea
        ref={field}
        aria-label="Edit your message"
        defaultValue={text}
        rows={1}
        onInput={(event) => {
          fitHeight(event.currentTarget);
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Enter' && !event.shiftKey) submit();
          else if (event.key === 'Escape') onCancel();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div class="buttons">
        <button type="button" class="secondary" onClick={onCancel}>
          Cancel
        </button>
        <button type="button" class="primary" onClick={submit}>
          Send
        </button>
      </div>
    </div>
  );
}
