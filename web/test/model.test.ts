import { describe, expect, it } from 'vitest';
import { chatRequest, completionRequest } from '../src/api/requests';
import { promptText, readAttachment } from '../src/model/attachments';
import { newConversation, newNode } from '../src/model/conversation';
import { search } from '../src/model/search';
import { clamped, numberSettings, schemaProblem, withSetting } from '../src/model/settings';
import * as tree from '../src/model/tree';

describe('attachments', () => {
  const file = (bytes: number[] | string) => new File([typeof bytes === 'string' ? bytes : Uint8Array.from(bytes)], 'a.txt');

  it('are text in UTF-8 or UTF-16', async () => {
    expect((await readAttachment(file('Grüße\r\n'))).text).toBe('Grüße\n');
    expect((await readAttachment(file([0xff, 0xfe, 0x48, 0, 0x69, 0]))).text).toBe('Hi');
    await expect(readAttachment(file([0x50, 0x4b, 0, 1]))).rejects.toThrow('a.txt is not a text file.');
    await expect(readAttachment(file([0xfc, 0x62]))).rejects.toThrow('a.txt is not text in UTF-8.');
  });

  it('come before the message in a fence that they cannot close', () => {
    const text = promptText(newNode(null, 'user', 'What is it?', [{ name: 'x.md', text: '````\ncode\n````\n' }]));
    expect(text).toBe('File x.md:\n`````\n````\ncode\n````\n`````\n\nWhat is it?');
  });
});

describe('settings', () => {
  const setting = (key: string) => numberSettings.find((each) => each.key === key)!;

  it('stay within their limits', () => {
    expect(clamped(setting('top_p'), 7)).toBe(1);
    expect(clamped(setting('top_k'), 1000)).toBe(1000);
    expect(clamped(setting('top_k'), 2.6)).toBe(3);
    expect(clamped(setting('temperature'), Number.NaN)).toBeUndefined();
  });

  it('are not sent when they are not set', () => {
    expect(withSetting({ top_k: 1, seed: 2 }, 'top_k', undefined)).toEqual({ seed: 2 });
    expect(withSetting({ stop: ['a'] }, 'stop', [])).toEqual({});
    expect(withSetting({}, 'temperature', 0)).toEqual({ temperature: 0 });
  });

  it('say why a text is no schema', () => {
    expect(schemaProblem('{"type":"object"}')).toBeNull();
    expect(schemaProblem('')).toBeNull();
    expect(schemaProblem('[]')).toContain('A schema is');
    expect(schemaProblem('{')).toContain('not JSON');
  });
});

describe('requests', () => {
  const question = newNode(null, 'user', 'Hi');
  const conversation = tree.add(newConversation('chat', 'Be brief.', { top_k: 5, json_schema: '{"type":"object"}' }), question);

  it('carry system prompt, messages and settings', () => {
    const { path, body } = chatRequest(conversation, question.id, 'm', true);
    expect(path).toBe('v1/chat/completions');
    expect(body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      top_k: 5,
      stream: true,
      logprobs: true,
      response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
    });
    expect(body).not.toHaveProperty('json_schema');
    expect(chatRequest(conversation, question.id, 'm', false).body).not.toHaveProperty('logprobs');
  });

  it('continue a text up to one of its pieces, by a limited number of tokens', () => {
    const start = newNode(null, 'user', 'Once upon');
    const end = newNode(start.id, 'assistant', ' a time');
    const text = tree.add(tree.add(newConversation('completion', '', {}), start), end);
    expect(completionRequest(text, end.id, 'm', false).body).toMatchObject({ prompt: 'Once upon a time', max_tokens: 256 });
    expect(completionRequest(text, start.id, 'm', false).body).toMatchObject({ prompt: 'Once upon' });
    const longer = { ...text, settings: { max_tokens: 9 } };
    expect(completionRequest(longer, start.id, 'm', false).body).toMatchObject({ max_tokens: 9 });
  });
});

describe('search', () => {
  const titled = (title: string, text: string, updatedAt: number) => ({
    ...tree.add(newConversation('chat', '', {}), newNode(null, 'user', text)),
    title,
    updatedAt,
  });
  const all = [titled('Weather', 'Is it raining in Málaga?', 1), titled('Code', 'A loop in C', 2)];

  it('finds all words, in any place and spelling, the latest first', () => {
    expect(search(all, 'malaga WEATHER').map(({ title }) => title)).toEqual(['Weather']);
    expect(search(all, 'malaga loop')).toEqual([]);
    expect(search(all, ' ').map(({ title }) => title)).toEqual(['Code', 'Weather']);
  });
});
