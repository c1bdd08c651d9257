import * as tree from '../model/tree';
import { send } from '../state/actions';
import { failures, running } from '../state/generation';
import { current } from '../state/view';
import { Answer } from './Answer';
import { Composer } from './Composer';
import { EmptyState } from './EmptyState';
import { Failure } from './Failure';
import { FigureLine } from './FigureLine';
import { Scroller } from './Scroller';
import { UserMessage } from './UserMessage';

export function ChatView() {
  const conversation = current.value;
  const shown = tree.path(conversation);
  const work = running.value.get(conversation.id);
  const failure = failures.value.get(conversation.id);
  return (
    <>
      <Scroller last={failure?.after ?? shown.at(-1)?.id ?? ''}>
        {shown.length === 0 && <EmptyState kind="chat" />}
        <div class="thread">
          {shown.map((node) =>
            node.role === 'user' ? (
              <UserMessage key={node.id} conversation={conversation} node={node} busy={work !== undefined} />
            ) : (
              <Answer
                key={node.id}
                conversation={conversation}
                node={node}
                work={work?.answer === node.id ? work : null}
                busy={work !== undefined}
              />
            ),
          )}
          {failure && <Failure key={failure.after} id={conversation.id} after={failure.after} error={failure.error} />}
        </div>
      </Scroller>
      <div class="foot">
        <Composer id={conversation.id} busy={work !== undefined} onSend={send} />
        <FigureLine path={shown} work={work ?? null} />
      </div>
    </>
  );
}
