import type { Kind } from '../model/types';
import { send } from '../state/actions';
import { continueText } from '../state/completion';
import { modelName } from '../state/server';
import { Logo } from './Icon';

const suggestions: Record<Kind, readonly string[]> = {
  chat: [
    'Explain to a ten-year-old why the sky is blue.',
    'Write a short poem about the sea in winter.',
    'Give me three ideas for a rainy Sunday.',
    'What is the difference between a list and a tuple in Python?',
  ],
  completion: [
    'Once upon a time, in a village by the sea,',
    'The three most important inventions of the last century are',
    'Dear neighbour, I am writing to you because',
    'def fibonacci(n):\n    ',
  ],
};

const headings: Record<Kind, string> = { chat: 'What is on your mind?', completion: 'Begin a text' };

const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
const place = isLocal ? ' on this computer; nothing leaves it' : '';

const about: Record<Kind, (model: string) => string> = {
  chat: (model) => `You are talking to ${model}${place}.`,
  completion: (model) => `${model} writes on where you stop${place && `,${place}`}.`,
};

export function EmptyState({ kind }: { kind: Kind }) {
  const start = (text: string) => {
    if (kind === 'chat') send(text, []);
    else continueText(text);
  };
  return (
    <section class="empty" aria-label="Start">
      <Logo />
      <h2>{headings[kind]}</h2>
      <p class="muted">{modelName.value ? about[kind](modelName.value) : 'Waiting for the server…'}</p>
      <ul>
        {suggestions[kind].map((text) => (
          <li key={text}>
            <button
              type="button"
              onClick={() => {
                start(text);
              }}
            >
              {text.trim()}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
