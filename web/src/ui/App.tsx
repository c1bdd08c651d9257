import { computed } from '@preact/signals';
import { keyWanted } from '../api/key';
import { preferences } from '../state/preferences';
import { askServer, serverProblem } from '../state/server';
import { current, drawerOpen, helpOpen, settingsOpen } from '../state/view';
import { storageProblem } from '../store/library';
import { Announcer } from './Announcer';
import { ChatView } from './ChatView';
import { CompletionView } from './CompletionView';
import { Header } from './Header';
import { HelpDialog } from './HelpDialog';
import { KeyDialog } from './KeyDialog';
import { NoticeBar } from './NoticeBar';
import { SettingsPanel } from './SettingsPanel';
import { Sidebar } from './Sidebar';

const problem = computed(() => serverProblem.value ?? storageProblem.value);

export function App() {
  const { id, kind } = current.value;
  const layout = [
    'layout',
    preferences.value.sidebar && 'with-sidebar',
    settingsOpen.value && 'with-settings',
    drawerOpen.value && 'with-drawer',
  ];
  return (
    <div class={layout.filter(Boolean).join(' ')}>
      <a class="skip" href="#composer" onClick={skip}>
        Skip to the message
      </a>
      <Sidebar />
      {drawerOpen.value && <div class="scrim" onClick={() => (drawerOpen.value = false)} />}
      <main inert={drawerOpen.value}>
        <Header />
        {problem.value && (
          <div class="problem" role="alert">
            <p>{problem.value}</p>
            {serverProblem.value && (
              <button type="button" class="plain" onClick={() => void askServer()}>
                Try again
              </button>
            )}
          </div>
        )}
        {kind === 'chat' ? <ChatView key={id} /> : <CompletionView key={id} />}
      </main>
      {settingsOpen.value && <SettingsPanel key={`settings ${id}`} />}
      {helpOpen.value && <HelpDialog />}
      {keyWanted.value && <KeyDialog />}
      <NoticeBar />
      <Announcer />
    </div>
  );
}

/** The address stays: it names the conversation. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('composer')?.focus();
}
