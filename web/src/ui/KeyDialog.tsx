import { useState } from 'preact/hooks';
import { apiKey, keyWanted, setKey } from '../api/key';
import { askServer } from '../state/server';
import { Dialog } from './Dialog';

export function KeyDialog() {
  const [remember, setRemember] = useState(false);
  const refused = apiKey.value !== '';
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const key = new FormData(event.currentTarget as HTMLFormElement).get('key');
    if (typeof key !== 'string' || !key.trim()) return;
    setKey(key.trim(), remember);
    void askServer();
  };
  return (
    <Dialog title="API key" onClose={() => (keyWanted.value = false)}>
      <form onSubmit={submit}>
        <p id="key-why" role={refused ? 'alert' : undefined}>
          {refused ? 'The server does not accept this key.' : 'This server was started with --api-key and wants one from you.'}
        </p>
        <label class="field">
          <span>Key</span>
          <input name="key" type="password" autocomplete="off" aria-describedby="key-why" required />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={remember}
            onChange={(event) => {
              setRemember(event.currentTarget.checked);
            }}
          />
          Remember it in this browser
        </label>
        <div class="buttons">
          <button type="submit" class="primary">
            Use this key
          </button>
        </div>
      </form>
    </Dialog>
  );
}
