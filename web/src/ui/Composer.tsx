import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { readAttachment } from '../model/attachments';
import type { Attachment } from '../model/types';
import { draftOf, keepDraft } from '../state/drafts';
import { stop } from '../state/generation';
import { notify } from '../state/notices';
import { AttachmentList } from './AttachmentList';
import { DropZone } from './DropZone';
import { chooseFiles } from './files';
import { fitHeight } from './fitHeight';
import { Icon } from './Icon';
import { IconButton } from './IconButton';
import { TokenCount } from './TokenCount';

interface Props {
  id: string;
  busy: boolean;
  onSend: (text: string, attachments: readonly Attachment[]) => void;
}

/** Where a message is written. Enter sends; on a touch screen it makes a new line, as its keyboard has no Shift+Enter. */
export function Composer({ id, busy, onSend }: Props) {
  const draft = useSignal(draftOf(id));
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, attachments } = draft.value;
  const filled = text.trim() !== '' || attachments.length > 0;

  const edit = (next: Partial<typeof draft.value>) => {
    draft.value = { ...draft.value, ...next };
    keepDraft(id, draft.value);
  };

  useLayoutEffect(() => {
    if (field.current) fitHeight(field.current);
  }, [text]);

  useLayoutEffect(() => {
    if (matchMedia('(hover: hover)').matches) field.current?.focus();
  }, []);

  const attach = async (files: readonly File[]) => {
    for (const file of files) {
      try {
        const read = await readAttachment(file);
        edit({ attachments: [...draft.value.attachments, read] });
      } catch (error) {
        notify((error as Error).message);
      }
    }
  };

  const submit = () => {
    if (!filled || busy) return;
    onSend(text, attachments);
    edit({ text: '', attachments: [] });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && matchMedia('(hover: hover)').matches) submit();
    else if (event.key === 'ArrowUp' && !filled && !event.altKey)
      [...document.querySelectorAll<HTMLElement>('[data-action=edit]')].at(-1)?.click();
    else return;
    event.preventDefault();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <DropZone onFiles={(files) => void attach(files)} />
      <AttachmentList
        attachments={attachments}
        onRemove={(index) => {
          edit({ attachments: attachments.filter((_, other) => other !== index) });
        }}
      />
      <textarea
        id="composer"
        ref={field}
        rows={1}
        aria-label="Message"
        placeholder="Write a message"
        value={text}
        onInput={(event) => {
          edit({ text: event.currentTarget.value });
        }}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const files = [...(event.clipboardData?.files ?? [])];
          if (files.length === 0) return;
          event.preventDefault();
          void attach(files);
        }}
      />
      <div class="composer-foot">
        <IconButton icon="attach" label="Attach text files" onClick={() => void chooseFiles('', true).then(attach)} />
        <TokenCount text={text} attachments={attachments} />
        {busy ? (
          <button
            type="button"
            class="send"
            aria-label="Stop"
            title="Stop (Esc)"
            onClick={() => {
              stop(id);
              field.current?.focus();
            }}
          >
            <Icon name="stop" />
          </button>
        ) : (
          <button type="submit" class="send" aria-label="Send" title="Send (Enter)" disabled={!filled}>
            <Icon name="send" />
          </button>
        )}
      </div>
    </form>
  );
}
