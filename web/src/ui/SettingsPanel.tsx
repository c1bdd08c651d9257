import { useLayoutEffect, useRef } from 'preact/hooks';
import { basics, groups, schemaProblem, withSetting, type NumberSetting, type Settings } from '../model/settings';
import { notify } from '../state/notices';
import { prefer, preferences } from '../state/preferences';
import { server } from '../state/server';
import { changeCurrent, current, settingsOpen } from '../state/view';
import { IconButton } from './IconButton';
import { NumberField } from './NumberField';
import { TextField } from './TextField';

export function SettingsPanel() {
  const { kind, system, settings } = current.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const opener = document.activeElement;
    heading.current?.focus();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);

  const set = <K extends keyof Settings>(key: K, value: Settings[K] | undefined) => {
    changeCurrent((conversation) => ({ ...conversation, settings: withSetting(conversation.settings, key, value) }));
  };
  const number = (setting: NumberSetting) => (
    <NumberField
      key={setting.key}
      setting={setting}
      value={settings[setting.key]}
      onChange={(value) => {
        set(setting.key, value);
      }}
    />
  );
  const count = (group: readonly NumberSetting[]) => group.filter(({ key }) => settings[key] !== undefined).length;

  return (
    <aside class="settings" aria-label="Settings">
      <header class="dialog-head">
        <h2 ref={heading} tabIndex={-1}>
          Settings
        </h2>
        <IconButton icon="close" label="Close settings" onClick={() => (settingsOpen.value = false)} />
      </header>
      <div class="settings-body">
        {kind === 'chat' && (
          <TextField
            label="System prompt"
            help="Who the model is and how it answers."
            placeholder={server.value?.system ?? ''}
            value={system}
            rows={4}
            onChange={(value) => {
              changeCurrent((conversation) => ({ ...conversation, system: value }));
            }}
          />
        )}
        {basics.map(number)}
        <label class="check">
          <input
            type="checkbox"
            checked={preferences.value.probabilities}
            onChange={(event) => {
              prefer({ probabilities: event.currentTarget.checked });
            }}
          />
          Keep the probabilities of tokens
        </label>
        {groups.map(({ title, settings: group }) => (
          <details key={title} class="group">
            <summary>
              {title} {count(group) > 0 && <span class="badge">{count(group)} set</span>}
            </summary>
            {group.map(number)}
          </details>
        ))}
        <details class="group">
          <summary>
            Form of the answer
            {(settings.stop ?? settings.grammar ?? settings.json_schema) !== undefined && <span class="badge">set</span>}
          </summary>
          <TextField
            label="Stop texts"
            help="One a line; the answer ends before any of them."
            value={(settings.stop ?? []).join('\n')}
            rows={2}
            onChange={(value) => {
              set(
                'stop',
                value.split('\n').filter((line) => line !== ''),
              );
            }}
          />
          <TextField
            label="JSON schema"
            help="The answer will be JSON of this form."
            value={settings.json_schema ?? ''}
            problem={schemaProblem(settings.json_schema)}
            rows={5}
            code
            onChange={(value) => {
              set('json_schema', value.trim() ? value : undefined);
            }}
          />
          <TextField
            label="Grammar"
            help="GBNF; the answer will match its root."
            value={settings.grammar ?? ''}
            problem={settings.grammar && settings.json_schema ? 'A request has a grammar or a schema, not both.' : null}
            rows={4}
            code
            onChange={(value) => {
              set('grammar', value.trim() ? value : undefined);
            }}
          />
        </details>
      </div>
      <footer class="settings-foot">
        <button
          type="button"
          class="secondary"
          onClick={() => {
            changeCurrent((conversation) => ({ ...conversation, system: '', settings: {} }));
          }}
        >
          Reset
        </button>
        <button
          type="button"
          class="secondary"
          onClick={() => {
            prefer({ system, settings });
            notify('New conversations will start with these settings.');
          }}
        >
          Make default
        </button>
      </footer>
    </aside>
  );
}
