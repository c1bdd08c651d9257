import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { fullText } from '../model/conversation';
import * as tree from '../model/tree';
import type { Role, TokenInfo, TreeNode } from '../model/types';
import { regenerate } from '../state/actions';
import { continueText } from '../state/completion';
import { draftOf, keepDraft } from '../state/drafts';
import { failures, running, stop } from '../state/generation';
import { current } from '../state/view';
import { EmptyState } from './EmptyState';
import { Failure } from './Failure';
import { FigureLine } from './FigureLine';
import { figureText } from './figureText';
import { IconButton } from './IconButton';
import { Icon } from './Icon';
import { Scroller } from './Scroller';
import { TokenView } from './TokenView';
import { Versions } from './Versions';

/** One text that a person and the model write on together. */
export function CompletionView() {
  const conversation = current.value;
  const shown = tree.path(conversation);
  const written = fullText(conversation);
  const work = running.value.get(conversation.id) ?? null;
  const failure = failures.value.get(conversation.id);
  const text = useSignal(draftOf(conversation.id).text || written);
  const showsTokens = useSignal(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const lastWritten = useRef(written);
  const last = shown.at(-1);
  const answered = last?.role === 'assistant' && text.value === written ? last : null;

  const edit = (next: string) => {
    text.value = next;
    keepDraft(conversation.id, { ...draftOf(conversation.id), text: next === written ? '' : next });
  };

  // What the model writes, and another version, appear in the editor; what was typed before the view was shown stays.
  useLayoutEffect(() => {
    if (written !== lastWritten.current) edit(written);
    lastWritten.current = written;
  }, [written]);
  // Before the next key: it is meant for the text.
  useLayoutEffect(() => {
    if (matchMedia('(hover: hover)').matches) field.current?.focus();
  }, []);

  const go = () => {
    if (text.value && !work) continueText(text.value);
  };

  return (
    <>
      <Scroller last={last?.id ?? ''}>
        {shown.length === 0 && !text.value && <EmptyState kind="completion" />}
        {showsTokens.value && <TokenView tokens={shown.flatMap((node): readonly TokenInfo[] => node.tokens ?? plain(node.text))} />}
        <div class="paper" hidden={showsTokens.value}>
          <div class="paper-text" aria-hidden="true">
            {pieces(shown, text.value).map((piece, index) => (
              <span key={index} class={piece.role}>
                {piece.text}
              </span>
            ))}{' '}
          </div>
          <textarea
            id="composer"
            ref={field}
            aria-label="Text"
            placeholder="Write the beginning…"
            value={text}
            readOnly={work !== null}
            onInput={(event) => {
              edit(event.currentTarget.value);
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              go();
            }}
          />
        </div>
        {failure && <Failure id={conversation.id} after={failure.after} error={failure.error} />}
      </Scroller>
      <div class="foot">
        <div class="completion-bar" role="group" aria-label="Text">
          {answered && !work && (
            <>
              <Versions conversation={conversation} node={answered} busy={false} />
              <IconButton
                icon="retry"
                label="Make another continuation"
                onClick={() => {
                  regenerate(conversation, answered);
                }}
              />
              {answered.tokens && (
                <IconButton
                  icon="chart"
                  label="Probabilities of the tokens"
                  aria-pressed={showsTokens.value}
                  onClick={() => (showsTokens.value = !showsTokens.value)}
                />
              )}
              {answered.figures && <span class="figures">{figureText(answered.figures)}</span>}
            </>
          )}
          {work ? (
            <button
              type="button"
              class="primary with-icon"
              onClick={() => {
                stop(conversation.id);
              }}
            >
              <Icon name="stop" /> Stop
            </button>
          ) : (
            <button type="button" class="primary" disabled={!text.value} onClick={go}>
              Continue
            </button>
          )}
        </div>
        <FigureLine path={shown} work={work} />
      </div>
    </>
  );
}

/** The text in the editor, by who wrote it; what has been changed is the person's. */
function pieces(shown: readonly TreeNode[], text: string): { role: Role; text: string }[] {
  const result: { role: Role; text: string }[] = [];
  let rest = text;
  for (const node of shown) {
    if (!rest.startsWith(node.text)) break;
    result.push(node);
    rest = rest.slice(node.text.length);
  }
  return [...result, { role: 'user', text: rest }];
}

/** What a person wrote, between the tokens of the model. */
const plain = (text: string): TokenInfo[] => (text ? [{ text, logprob: 0, top: [] }] : []);
