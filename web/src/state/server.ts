import { computed, signal } from '@preact/signals';
import { ApiError } from '../api/errors';
import { serverInfo, type ServerInfo } from '../api/server';

/** How often a server that does not answer is asked again. */
const ASK_AGAIN_S = 3;

/** What is known of the server; null until it has answered. */
export const server = signal<ServerInfo | null>(null);

/** Why it does not answer, as a sentence; null while it does. */
export const serverProblem = signal<string | null>(null);

export const modelName = computed(() => server.value?.model ?? '');

let asking = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks until the server answers. */
export async function askServer(): Promise<void> {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    server.value = await serverInfo();
    serverProblem.value = null;
  } catch (error) {
    const problem = error instanceof ApiError ? error : null;
    serverProblem.value = problem?.message ?? 'The server gave an answer that the page cannot read.';
    // A key does not come by itself.
    if (problem?.problem !== 'unauthorized') timer = setTimeout(() => void askServer(), (problem?.retryAfter ?? ASK_AGAIN_S) * 1000);
  } finally {
    asking = false;
  }
}
