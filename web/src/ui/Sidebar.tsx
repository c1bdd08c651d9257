import { useSignal } from '@preact/signals';
import { search } from '../model/search';
import type { Conversation } from '../model/types';
import { exportConversations, importFiles } from '../state/actions';
import { prefer, preferences, type Theme } from '../state/preferences';
import { currentId, drawerOpen, helpOpen, startNew } from '../state/view';
import { conversations } from '../store/library';
import { ConversationItem } from './ConversationItem';
import { chooseFiles } from './files';
import { Icon, Logo, type IconName } from './Icon';
import { IconButton } from './IconButton';
import { Menu } from './Menu';

const nextTheme: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

export function Sidebar() {
  const query = useSignal('');
  const found = search(conversations.value, query.value);
  const { theme } = preferences.value;
  return (
    <aside class="sidebar" aria-label="Conversations">
      <div class="sidebar-head">
        <Logo />
        <span class="brand">Quipu</span>
        <span class="narrow-only">
          <IconButton icon="close" label="Close the list" onClick={() => (drawerOpen.value = false)} />
        </span>
      </div>
      <button
        type="button"
        class="new"
        onClick={() => {
          startNew();
          document.getElementById('composer')?.focus();
        }}
      >
        <Icon name="new" /> New conversation
      </button>
      {conversations.value.length > 0 && (
        <label class="search">
          <Icon name="search" />
          <span class="visually-hidden">Search conversations</span>
          <input
            id="search"
            type="search"
            placeholder="Search"
            value={query}
            onInput={(event) => {
              query.value = event.currentTarget.value;
            }}
          />
        </label>
      )}
      <nav class="list" aria-label="Conversations">
        {periods(found).map(([period, items]) => (
          <section key={period} aria-label={period}>
            <h2>{period}</h2>
            <ul>
              {items.map((conversation) => (
                <ConversationItem key={conversation.id} conversation={conversation} shown={conversation.id === currentId.value} />
              ))}
            </ul>
          </section>
        ))}
        {found.length === 0 && query.value && <p class="none">No conversation has these words.</p>}
      </nav>
      <div class="sidebar-foot">
        <IconButton
          icon={theme satisfies IconName}
          label={`Colours: ${theme === 'system' ? 'as the system' : theme}`}
          onClick={() => {
            prefer({ theme: nextTheme[theme] });
          }}
        />
        <IconButton icon="help" label="Keyboard" onClick={() => (helpOpen.value = true)} />
        <Menu
          label="Import and export"
          items={[
            {
              label: 'Import…',
              run: () => void chooseFiles('.json,application/json', false).then(importFiles),
            },
            ...(conversations.value.length > 0
              ? [
                  {
                    label: 'Export all',
                    run: () => {
                      exportConversations(search(conversations.value, ''), 'quipu conversations');
                    },
                  },
                ]
              : []),
          ]}
        />
      </div>
    </aside>
  );
}

/** The list by age. */
function periods(sorted: readonly Conversation[]): [string, Conversation[]][] {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const day = 86_400_000;
  const limits: [string, number][] = [
    ['Today', midnight],
    ['Yesterday', midnight - day],
    ['This week', midnight - 6 * day],
    ['Earlier', -Infinity],
  ];
  const result = new Map<string, Conversation[]>();
  for (const conversation of sorted) {
    const period = limits.find(([, from]) => conversation.updatedAt >= from)?.[0] ?? 'Earlier';
    result.set(period, [...(result.get(period) ?? []), conversation]);
  }
  return [...result];
}
