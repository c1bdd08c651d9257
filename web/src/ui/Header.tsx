import { useState } from 'preact/hooks';
import { untitled } from '../model/conversation';
import type { Kind } from '../model/types';
import { rename } from '../state/actions';
import { prefer, preferences } from '../state/preferences';
import { modelName, server } from '../state/server';
import { current, currentId, drawerOpen, setKind, settingsOpen, startNew } from '../state/view';
import { conversationOf } from '../store/library';
import { IconButton } from './IconButton';
import { TitleField } from './TitleField';

export function Header() {
  const conversation = current.value;
  const begun = conversationOf(currentId.value) !== undefined;
  return (
    <header class="header">
      <span class="wide-only">
        <IconButton
          icon="sidebar"
          label="List of conversations"
          aria-expanded={preferences.value.sidebar}
          onClick={() => {
            prefer({ sidebar: !preferences.value.sidebar });
          }}
        />
      </span>
      <span class="narrow-only">
        <IconButton
          icon="sidebar"
          label="List of conversations"
          aria-expanded={drawerOpen.value}
          onClick={() => (drawerOpen.value = true)}
        />
      </span>
      <div class="header-title">
        {begun ? <Title key={conversation.id} id={conversation.id} title={conversation.title} /> : <KindChoice kind={conversation.kind} />}
      </div>
      {modelName.value && (
        <span class="model" title="The model that answers">
          {modelName.value}
        </span>
      )}
      <IconButton
        icon="settings"
        label="Settings"
        aria-expanded={settingsOpen.value}
        onClick={() => (settingsOpen.value = !settingsOpen.value)}
      />
      <span class="narrow-only">
        <IconButton
          icon="new"
          label="New conversation"
          onClick={() => {
            startNew();
          }}
        />
      </span>
    </header>
  );
}

function Title({ id, title }: { id: string; title: string }) {
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <TitleField
        title={title}
        onDone={(next) => {
          setEditing(false);
          if (next !== null) rename(id, next);
        }}
      />
    );
  }
  return (
    <h1>
      <button
        type="button"
        class="title"
        title="Rename"
        onClick={() => {
          setEditing(true);
        }}
      >
        {title}
      </button>
    </h1>
  );
}

const kinds: readonly { kind: Kind; label: string }[] = [
  { kind: 'chat', label: 'Chat' },
  { kind: 'completion', label: 'Completion' },
];

/** Chat or completion is chosen before the first message. */
function KindChoice({ kind }: { kind: Kind }) {
  const isBase = server.value?.isBase === true;
  return (
    <>
      <h1 class="visually-hidden">{untitled[kind]}</h1>
      <div class="segments" role="radiogroup" aria-label="What to do">
        {kinds.map((choice) => (
          <label
            key={choice.kind}
            title={isBase && choice.kind === 'chat' ? 'This model has no chat template: it continues text.' : undefined}
            class={choice.kind === kind ? 'chosen' : undefined}
          >
            <input
              type="radio"
              name="kind"
              class="visually-hidden"
              checked={choice.kind === kind}
              disabled={isBase && choice.kind === 'chat'}
              onChange={() => {
                setKind(choice.kind);
              }}
            />
            {choice.label}
          </label>
        ))}
      </div>
    </>
  );
}
