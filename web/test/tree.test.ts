import { describe, expect, it } from 'vitest';
import { newConversation, newNode, titled } from '../src/model/conversation';
import * as tree from '../src/model/tree';
import type { Conversation, TreeNode } from '../src/model/types';

const texts = (conversation: Conversation) => tree.path(conversation).map((node) => node.text);

/** A question with two answers; the first was followed by another question and its answer. */
function sample() {
  let conversation = newConversation('chat', '', {});
  const put = (parent: TreeNode | null, role: TreeNode['role'], text: string) => {
    const node = newNode(parent?.id ?? null, role, text);
    conversation = tree.add(conversation, node);
    return node;
  };
  const question = put(null, 'user', 'question');
  const first = put(question, 'assistant', 'first');
  const more = put(first, 'user', 'more');
  put(more, 'assistant', 'even more');
  const second = put(question, 'assistant', 'second');
  return { conversation, question, first, second, more };
}

describe('the tree of a conversation', () => {
  it('shows what was added last', () => {
    expect(texts(sample().conversation)).toEqual(['question', 'second']);
  });

  it('shows with a version what followed it', () => {
    const { conversation, first } = sample();
    expect(texts(tree.choose(conversation, first))).toEqual(['question', 'first', 'more', 'even more']);
  });

  it('knows the versions of a message in their order', () => {
    const { conversation, second } = sample();
    expect(tree.versions(conversation, second).map((node) => node.text)).toEqual(['first', 'second']);
  });

  it('has several first messages', () => {
    const { conversation, question } = sample();
    const edited = tree.add(conversation, newNode(null, 'user', 'edited'));
    expect(texts(edited)).toEqual(['edited']);
    expect(texts(tree.choose(edited, question))).toEqual(['question', 'second']);
  });

  it('finds the messages before one, shown or not', () => {
    const { conversation, more } = sample();
    expect(tree.pathTo(conversation, more.id).map((node) => node.text)).toEqual(['question', 'first', 'more']);
    expect(tree.pathTo(conversation, null)).toEqual([]);
  });

  it('removes a version with all that follows, and shows another', () => {
    const { conversation, first, second } = sample();
    expect(texts(tree.remove(conversation, second.id))).toEqual(['question', 'first', 'more', 'even more']);
    const rest = tree.remove(tree.choose(conversation, first), first.id);
    expect(rest.nodes.map((node) => node.text)).toEqual(['question', 'second']);
    expect(texts(rest)).toEqual(['question', 'second']);
  });

  it('leaves what it was made from as it was', () => {
    const { conversation, first } = sample();
    const before = JSON.stringify(conversation);
    tree.update(conversation, first.id, { text: 'changed' });
    tree.remove(conversation, first.id);
    expect(JSON.stringify(conversation)).toBe(before);
  });
});

describe('titled', () => {
  const withFirst = (text: string, kind: Conversation['kind'] = 'chat') =>
    tree.add(newConversation(kind, '', {}), newNode(null, 'user', text));

  it('takes the first words', () => {
    expect(titled(withFirst('  Why is\n the sky blue? ')).title).toBe('Why is the sky blue?');
    expect(titled(withFirst('word '.repeat(40))).title).toMatch(/^(word ?){10,12}…$/);
    expect(titled(withFirst(' ')).title).toBe('New chat');
  });

  it('leaves a title alone that a person chose', () => {
    expect(titled({ ...withFirst('x'), title: 'Mine', named: true }).title).toBe('Mine');
  });
});
