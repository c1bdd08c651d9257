import { describe, expect, it } from 'vitest';
import { readDelta } from '../src/api/deltas';
import { ApiError, fromBody } from '../src/api/errors';

const read = (chunk: unknown) => readDelta(JSON.stringify(chunk));

describe('readDelta', () => {
  it('reads a chat with probabilities', () => {
    const delta = read({
      choices: [
        {
          delta: { content: 'Hi' },
          finish_reason: null,
          logprobs: { content: [{ token: 'Hi', logprob: -0.5, top_logprobs: [{ token: 'Yo', logprob: -1 }] }] },
        },
      ],
    });
    expect(delta).toMatchObject({ text: 'Hi', finish: null, tokens: [{ text: 'Hi', logprob: -0.5, top: [{ text: 'Yo', logprob: -1 }] }] });
  });

  it('reads a completion with the older probabilities', () => {
    const delta = read({
      choices: [{ text: ' a', finish_reason: 'length', logprobs: { tokens: [' a'], token_logprobs: [-2], top_logprobs: [{ ' b': -1 }] } }],
    });
    expect(delta).toMatchObject({
      text: ' a',
      finish: 'length',
      tokens: [{ text: ' a', logprob: -2, top: [{ text: ' b', logprob: -1 }] }],
    });
  });

  it('reads the last chunk, which has figures and no choice', () => {
    const delta = read({
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 5 } },
      timings: { cache_n: 5, prompt_n: 4, predicted_n: 4, predicted_per_second: 12.5 },
    });
    expect(delta.usage).toEqual({ promptTokens: 9, cachedTokens: 5, answerTokens: 4 });
    expect(delta.timings).toEqual({ cached: 5, prompt: 4, answer: 4, tokensPerSecond: 12.5 });
  });

  it('throws an error that comes within the stream', () => {
    expect(() => read({ error: { message: 'out of memory', code: 500 } })).toThrow('The server failed: out of memory.');
    expect(() => readDelta('<html>')).toThrow(ApiError);
  });
});

describe('fromBody', () => {
  const problem = (status: number, error: unknown) => fromBody(status, { error });

  it('says that the context is full, with the numbers where there are any', () => {
    const error = problem(400, { message: 'm', type: 'exceed_context_size_error', n_prompt_tokens: 9120, n_ctx: 8192 });
    expect(error.problem).toBe('context');
    expect(error.message).toContain('takes 9,120 tokens');
    expect(problem(400, { message: 'This has 9 tokens', code: 'context_length_exceeded' }).message).toContain('This has 9 tokens.');
  });

  it('knows when to ask again', () => {
    expect(fromBody(429, {}, 7)).toMatchObject({ problem: 'busy', retryAfter: 7 });
    expect(fromBody(429, null).retryAfter).toBeGreaterThan(0);
    expect(problem(503, { message: 'loading' })).toMatchObject({ problem: 'loading', message: 'loading.' });
  });

  it('makes a sentence of anything', () => {
    expect(fromBody(400, 'nonsense').message).toBe('The server refused (400).');
    expect(problem(422, { message: "'top_k' is 'x'" }).message).toBe("The server refused: 'top_k' is 'x'.");
    expect(problem(401, {}).problem).toBe('unauthorized');
  });
});
