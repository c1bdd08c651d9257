import type { Alternative, TokenInfo } from '../model/types';
import { ApiError, fromBody } from './errors';

/** What one event of a stream brings. */
export interface Delta {
  readonly text: string;
  readonly tokens: readonly TokenInfo[];
  readonly finish: 'stop' | 'length' | null;
  readonly usage: Usage | null;
  readonly timings: Timings | null;
}

export interface Usage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly answerTokens: number;
}

/** llama.cpp's extra field. */
export interface Timings {
  readonly cached: number;
  readonly prompt: number;
  readonly answer: number;
  readonly tokensPerSecond: number;
}

interface Chunk {
  readonly error?: { readonly code?: unknown };
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null };
    readonly text?: string;
    readonly finish_reason?: string | null;
    readonly logprobs?: Logprobs | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  } | null;
  readonly timings?: {
    readonly cache_n?: number;
    readonly prompt_n?: number;
    readonly predicted_n?: number;
    readonly predicted_per_second?: number;
  } | null;
}

/** Chats have `content`, completions the older lists; llama.cpp uses `content` for both. */
interface Logprobs {
  readonly content?: readonly ContentLogprob[] | null;
  readonly tokens?: readonly string[];
  readonly token_logprobs?: readonly (number | null)[];
  readonly top_logprobs?: readonly (Readonly<Record<string, number>> | null)[] | null;
}

interface ContentLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs?: readonly { readonly token: string; readonly logprob: number }[];
}

/** Reads an event of v1/chat/completions or v1/completions; throws the error that the event carries. */
export function readDelta(data: string): Delta {
  let chunk: Chunk;
  try {
    chunk = JSON.parse(data) as Chunk;
  } catch {
    throw new ApiError('failed', 'The server sent an answer that the page cannot read.');
  }
  if (chunk.error) throw fromBody(typeof chunk.error.code === 'number' ? chunk.error.code : 500, chunk);
  const choice = chunk.choices?.[0];
  return {
    text: choice?.delta?.content ?? choice?.text ?? '',
    tokens: readLogprobs(choice?.logprobs),
    finish: choice?.finish_reason ? (choice.finish_reason === 'length' ? 'length' : 'stop') : null,
    usage: chunk.usage
      ? {
          promptTokens: chunk.usage.prompt_tokens ?? 0,
          cachedTokens: chunk.usage.prompt_tokens_details?.cached_tokens ?? 0,
          answerTokens: chunk.usage.completion_tokens ?? 0,
        }
      : null,
    timings: chunk.timings
      ? {
          cached: chunk.timings.cache_n ?? 0,
          prompt: chunk.timings.prompt_n ?? 0,
          answer: chunk.timings.predicted_n ?? 0,
          tokensPerSecond: chunk.timings.predicted_per_second ?? 0,
        }
      : null,
  };
}

function readLogprobs(logprobs: Logprobs | null | undefined): TokenInfo[] {
  if (logprobs?.content) {
    return logprobs.content.map(({ token, logprob, top_logprobs }) => ({
      text: token,
      logprob,
      top: (top_logprobs ?? []).map((other): Alternative => ({ text: other.token, logprob: other.logprob })),
    }));
  }
  return (logprobs?.tokens ?? []).map((text, index) => ({
    text,
    logprob: logprobs?.token_logprobs?.[index] ?? 0,
    top: Object.entries(logprobs?.top_logprobs?.[index] ?? {}).map(([other, logprob]): Alternative => ({ text: other, logprob })),
  }));
}
