import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { TokenInfo } from '../model/types';

const percent = (logprob: number) => `${(Math.exp(logprob) * 100).toFixed(1)} %`;

/** From 0, certain, to 4, hardly to be expected. */
const surprise = ({ logprob }: TokenInfo) => [0.9, 0.6, 0.3, 0.1].filter((limit) => Math.exp(logprob) < limit).length;

/** Blanks and line ends as signs, for a token can be nothing else. */
const visible = (text: string) => text.replaceAll(' ', '·').replaceAll('\n', '⏎').replaceAll('\t', '⇥') || '∅';

/** An answer as its tokens, tinted by surprise; the one under the pointer or reached by the arrow keys tells its alternatives. */
export function TokenView({ tokens }: { tokens: readonly TokenInfo[] }) {
  const at = useSignal(0);
  const place = useSignal<{ left: number; top: number } | null>(null);
  const root = useRef<HTMLDivElement>(null);

  const point = (index: number, element: HTMLElement) => {
    const box = root.current?.getBoundingClientRect();
    // A token can go on in the next line: its first rectangle is where it begins.
    const [first] = element.getClientRects();
    if (!box || !first) return;
    at.value = index;
    place.value = { left: Math.max(0, Math.min(first.left - box.left, box.width - 240)), top: first.bottom - box.top };
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === 'Escape' && place.value) place.value = null;
    else if (step === undefined) return;
    else root.current?.querySelectorAll<HTMLElement>('.token')[Math.max(0, Math.min(at.value + step, tokens.length - 1))]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };

  const token = tokens[at.value];
  return (
    <div
      class="tokens"
      ref={root}
      onKeyDown={onKeyDown}
      onPointerLeave={() => (place.value = null)}
      onFocusOut={() => (place.value = null)}
    >
      <p role="group" aria-label="Tokens of the answer; the arrow keys move between them">
        {tokens.map((each, index) => (
          <span
            key={index}
            class={`token surprise-${surprise(each)}`}
            role="button"
            aria-label={`${visible(each.text)} ${percent(each.logprob)}`}
            tabIndex={index === at.value ? 0 : -1}
            onPointerEnter={(event) => {
              point(index, event.currentTarget);
            }}
            onFocus={(event) => {
              point(index, event.currentTarget);
            }}
          >
            {each.text}
          </span>
        ))}
      </p>
      {place.value && token && (
        <div class="token-tip" role="status" style={{ left: `${place.value.left}px`, top: `${place.value.top}px` }}>
          <table>
            <caption>
              {visible(token.text)} <span>{percent(token.logprob)}</span>
            </caption>
            <tbody>
              {token.top.map((other) => (
                <tr key={other.text} class={other.text === token.text ? 'taken' : undefined}>
                  <th scope="row">{visible(other.text)}</th>
                  <td>
                    <progress max={1} value={Math.exp(other.logprob)} aria-hidden="true" />
                  </td>
                  <td>{percent(other.logprob)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
