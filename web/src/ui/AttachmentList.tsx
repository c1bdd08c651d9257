import type { Attachment } from '../model/types';
import { IconButton } from './IconButton';

export function AttachmentList({ attachments, onRemove }: { attachments: readonly Attachment[]; onRemove?: (index: number) => void }) {
  if (attachments.length === 0) return null;
  return (
    <ul class="attachments" aria-label="Attached files">
      {attachments.map(({ name, text }, index) => (
        <li key={`${index} ${name}`}>
          <details>
            <summary>
              <span class="attachment-name">{name}</span> <span class="muted">{lines(text)}</span>
            </summary>
            <pre tabIndex={0}>{text}</pre>
          </details>
          {onRemove && (
            <IconButton
              icon="close"
              label={`Remove ${name}`}
              onClick={() => {
                onRemove(index);
              }}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function lines(text: string): string {
  const count = text.trimEnd().split('\n').length;
  return `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}`;
}
