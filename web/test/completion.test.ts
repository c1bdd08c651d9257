// @vitest-environment jsdom
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { fullText, newConversation, newNode } from '../src/model/conversation';
import * as tree from '../src/model/tree';

beforeAll(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});

const { withText } = await import('../src/state/completion');

const begin = newNode(null, 'user', 'Once ');
const written = newNode(begin.id, 'assistant', 'upon a time');
const conversation = tree.add(tree.add(newConversation('completion', '', {}), begin), written);
const pieces = (text: string) => tree.path(withText(conversation, text)).map((node) => `${node.role}: ${node.text}`);

describe('editing a text that the model continues', () => {
  it('leaves an unchanged text alone', () => {
    expect(withText(conversation, 'Once upon a time')).toBe(conversation);
  });

  it('keeps the pieces before the change', () => {
    expect(pieces('Once upon a time, long ago')).toEqual(['user: Once ', 'assistant: upon a time', 'user: , long ago']);
    expect(pieces('Once there was')).toEqual(['user: Once ', 'user: there was']);
    expect(pieces('Never')).toEqual(['user: Never']);
  });

  it('can end the text sooner', () => {
    expect(fullText(withText(conversation, 'Once '))).toBe('Once ');
  });

  it('loses nothing', () => {
    const edited = withText(conversation, 'Never');
    expect(fullText(tree.choose(edited, begin))).toBe('Once upon a time');
  });
});
