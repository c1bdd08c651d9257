import { describe, expect, it } from 'vitest';
import { newConversation, newNode } from '../src/model/conversation';
import { exportText, importText } from '../src/model/transfer';
import * as tree from '../src/model/tree';
import type { Conversation } from '../src/model/types';

function sample(): Conversation {
  const question = newNode(null, 'user', 'Grüße 🦙', [{ name: 'a.txt', text: 'text' }]);
  const answer = {
    ...newNode(question.id, 'assistant', 'Hi'),
    ending: 'stop' as const,
    tokens: [{ text: 'Hi', logprob: -0.1, top: [{ text: 'Yo', logprob: -2 }] }],
    figures: { promptTokens: 5, cachedTokens: 1, answerTokens: 1, tokensPerSecond: 10, firstTokenMs: 20 },
  };
  return tree.add(tree.add(newConversation('chat', 'Be brief.', { temperature: 0.5, stop: ['x'], json_schema: '{}' }), question), answer);
}

const damaged = (edit: (file: { conversations: Record<string, unknown>[] } & Record<string, unknown>) => void) => {
  const file = JSON.parse(exportText([sample()])) as Parameters<typeof edit>[0];
  edit(file);
  return () => importText(JSON.stringify(file), []);
};

describe('export and import', () => {
  it('keep everything', () => {
    const conversation = sample();
    expect(importText(exportText([conversation]), []).conversations).toEqual([conversation]);
  });

  it('do not import twice what is here already', () => {
    const conversation = sample();
    expect(importText(exportText([conversation]), [conversation])).toEqual({ conversations: [], known: 1 });
  });

  it('make a second one of a conversation that has changed since', () => {
    const conversation = sample();
    const { conversations } = importText(exportText([conversation]), [{ ...conversation, updatedAt: 1 }]);
    expect(conversations).toHaveLength(1);
    expect(conversations[0]?.id).not.toBe(conversation.id);
  });

  it('refuse what is no export, with a sentence', () => {
    expect(() => importText('nonsense', [])).toThrow('This file is not JSON.');
    expect(() => importText('[]', [])).toThrow('holds no conversations');
    expect(damaged((file) => (file['version'] = 2))).toThrow('newer version');
    expect(damaged((file) => (file.conversations[0]!['kind'] = 'other'))).toThrow('Conversation 1 of the file');
    expect(damaged((file) => ((file.conversations[0]!['nodes'] as Record<string, unknown>[])[1]!['role'] = 'system'))).toThrow(
      'message 2 is damaged',
    );
  });

  it('refuse messages that are no tree', () => {
    const nodes = (edit: (nodes: Record<string, unknown>[]) => void) =>
      damaged((file) => {
        edit(file.conversations[0]!['nodes'] as Record<string, unknown>[]);
      });
    expect(nodes((all) => all.reverse())).toThrow('do not form a tree');
    expect(nodes((all) => (all[0]!['parent'] = all[1]!['id']))).toThrow('do not form a tree');
    expect(nodes((all) => (all[1]!['id'] = all[0]!['id']))).toThrow('do not form a tree');
  });

  it('drop fields and settings that nobody knows', () => {
    const read = damaged((file) => {
      file.conversations[0]!['__proto__x'] = 1;
      file.conversations[0]!['settings'] = { temperature: 99, top_k: 'x', nonsense: 1, stop: [1, 'a'] };
    })().conversations[0]!;
    expect(read.settings).toEqual({ temperature: 2, stop: ['a'] });
    expect(read).not.toHaveProperty('__proto__x');
  });
});
