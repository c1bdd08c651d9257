import { fromResponse, unreachable } from './errors';
import { apiKey, keyWanted } from './key';

/**
 * A request to the server that served the page. Paths are relative, for the page may live under a prefix.
 * @throws ApiError; an AbortError where the signal ended it.
 */
export async function request(path: string, init: { body?: unknown; signal?: AbortSignal } = {}): Promise<Response> {
  const headers: Record<string, string> = {};
  if (apiKey.value) headers['Authorization'] = `Bearer ${apiKey.value}`;
  if (init.body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(new URL(path, document.baseURI), {
      method: init.body === undefined ? 'GET' : 'POST',
      headers,
      cache: 'no-store',
      ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
      ...(init.signal && { signal: init.signal }),
    });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw unreachable();
  }
  if (response.ok) return response;
  const error = await fromResponse(response);
  if (error.problem === 'unauthorized') keyWanted.value = true;
  throw error;
}
