import { useState } from 'preact/hooks';
import { Markdown } from '../markdown/Markdown';
import type { Conversation, Ending, TreeNode } from '../model/types';
import { regenerate } from '../state/actions';
import type { Running } from '../state/generation';
import { copyText } from './clipboard';
import { IconButton } from './IconButton';
import { TokenView } from './TokenView';
import { Versions } from './Versions';
import { figureText } from './figureText';

const endings: Partial<Record<Ending, string>> = {
  length: 'The answer reached its limit of tokens.',
  stopped: 'Stopped.',
  lost: 'The answer broke off.',
};

interface Props {
  conversation: Conversation;
  node: TreeNode;
  /** While the answer is being made. */
  work: Running | null;
  busy: boolean;
}

export function Answer({ conversation, node, work, busy }: Props) {
  const [showsTokens, showTokens] = useState(false);
  const ending = work ? null : endings[node.ending ?? 'lost'];
  return (
    <article class="message answer" aria-label="Answer" aria-busy={work !== null}>
      {work && !work.started && (
        <p class="waiting">
          <span class="pulse" /> Reading…
        </p>
      )}
      {showsTokens && node.tokens ? <TokenView tokens={node.tokens} /> : <Markdown text={node.text} />}
      {!work && (
        <>
          {ending && <p class="ending">{ending}</p>}
          <div class="actions">
            <Versions conversation={conversation} node={node} busy={busy} />
            <IconButton icon="copy" label="Copy the answer" onClick={(event) => void copyText(node.text, event.currentTarget)} />
            <IconButton
              icon="retry"
              label="Make another answer"
              disabled={busy}
              onClick={() => {
                regenerate(conversation, node);
              }}
            />
            {node.tokens && (
              <IconButton
                icon="chart"
                label="Probabilities of the tokens"
                aria-pressed={showsTokens}
                onClick={() => {
                  showTokens(!showsTokens);
                }}
              />
            )}
            {node.figures && <span class="figures">{figureText(node.figures)}</span>}
          </div>
        </>
      )}
    </article>
  );
}
