import { readDelta, type Delta } from './deltas';
import { ApiError, interrupted } from './errors';
import { request } from './http';
import type { ApiRequest } from './requests';
import { events } from './sse';

/**
 * Sends the request and yields what arrives until the server says that it is done.
 * @throws ApiError; an AbortError where the signal ended it.
 */
export async function* generate({ path, body }: ApiRequest, signal: AbortSignal): AsyncGenerator<Delta> {
  const response = await request(path, { body, signal });
  if (!response.body) throw interrupted();
  let finished = false;
  try {
    for await (const data of events(response.body)) {
      if (data === '[DONE]') return;
      const delta = readDelta(data);
      finished ||= delta.finish !== null;
      yield delta;
    }
  } catch (error) {
    if (signal.aborted || error instanceof ApiError) throw error;
    throw interrupted();
  }
  if (!finished) throw interrupted();
}
