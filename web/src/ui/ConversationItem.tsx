import { useState } from 'preact/hooks';
import type { Conversation } from '../model/types';
import { deleteConversation, exportConversations, rename } from '../state/actions';
import { isRunning } from '../state/generation';
import { show } from '../state/view';
import { Icon } from './Icon';
import { Menu } from './Menu';
import { TitleField } from './TitleField';

export function ConversationItem({ conversation, shown }: { conversation: Conversation; shown: boolean }) {
  const [renaming, setRenaming] = useState(false);
  const { id, title, kind } = conversation;
  if (renaming) {
    return (
      <li>
        <TitleField
          title={title}
          onDone={(next) => {
            setRenaming(false);
            if (next !== null) rename(id, next);
          }}
        />
      </li>
    );
  }
  return (
    <li class={shown ? 'shown' : undefined}>
      <button
        type="button"
        class="item"
        aria-current={shown ? 'page' : undefined}
        onClick={() => {
          show(id);
        }}
        onDblClick={() => {
          setRenaming(true);
        }}
      >
        <Icon name={kind === 'chat' ? 'chat' : 'text'} />
        <span class="item-title">{title}</span>
        {isRunning(id) && <span class="pulse" role="img" aria-label="answering" />}
      </button>
      <Menu
        label={`More for ${title}`}
        items={[
          {
            label: 'Rename',
            run: () => {
              setRenaming(true);
            },
          },
          {
            label: 'Export',
            run: () => {
              exportConversations([conversation], title);
            },
          },
          {
            label: 'Delete',
            danger: true,
            run: () => {
              deleteConversation(id);
            },
          },
        ]}
      />
    </li>
  );
}
