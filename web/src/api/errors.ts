/** What went wrong, as far as the page treats it differently. */
export type Problem = 'unreachable' | 'interrupted' | 'unauthorized' | 'busy' | 'loading' | 'context' | 'refused' | 'failed';

/** A failed request; the message is a sentence for the person. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly problem: Problem,
    message: string,
    /** Seconds after which the server wants to be asked again. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

export const unreachable = () =>
  new ApiError('unreachable', 'The server does not answer. It may have been stopped: start it again, then retry.');

export const interrupted = () => new ApiError('interrupted', 'The connection broke off before the answer was complete.');

/** From an answer other than 2xx. */
export async function fromResponse(response: Response): Promise<ApiError> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // No JSON: the status alone must do.
  }
  const retryAfter = Number.parseFloat(response.headers.get('retry-after') ?? '');
  return fromBody(response.status, body, Number.isFinite(retryAfter) ? retryAfter : null);
}

/** From the error object of the API: `{"error": {"message", "type", "code"}}`, which also arrives within a stream. */
export function fromBody(status: number, body: unknown, retryAfter: number | null = null): ApiError {
  const error = record(record(body)?.['error']) ?? {};
  const said = typeof error['message'] === 'string' ? error['message'] : '';
  const names = [error['type'], error['code']].filter((name) => typeof name === 'string').join(' ');
  if (status === 401) return new ApiError('unauthorized', 'The server wants an API key.');
  if (status === 429) return new ApiError('busy', 'The server is busy with other requests.', retryAfter ?? 5);
  if (status === 503) return new ApiError('loading', said ? sentence(said) : 'The server is not ready yet.', retryAfter ?? 2);
  if (/context|exceed/i.test(names)) return new ApiError('context', tooLong(said, error));
  if (status >= 400 && status < 500)
    return new ApiError('refused', said ? `The server refused: ${sentence(said)}` : `The server refused (${status}).`);
  return new ApiError('failed', said ? `The server failed: ${sentence(said)}` : `The server failed (${status}).`);
}

function tooLong(said: string, error: Record<string, unknown>): string {
  const [needed, size] = [error['n_prompt_tokens'], error['n_ctx']];
  const numbers =
    typeof needed === 'number' && typeof size === 'number'
      ? `It takes ${needed.toLocaleString('en')} tokens, and the model’s context holds ${size.toLocaleString('en')}.`
      : sentence(said);
  return `This conversation is too long for the model. ${numbers} Shorten or edit a message, or start a new one.`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

const record = (value: unknown) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined);
