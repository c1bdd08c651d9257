import { signal } from '@preact/signals';
import type { Delta, Timings, Usage } from '../api/deltas';
import { ApiError } from '../api/errors';
import { generate } from '../api/generate';
import { chatRequest, completionRequest } from '../api/requests';
import { newNode } from '../model/conversation';
import { schemaProblem } from '../model/settings';
import * as tree from '../model/tree';
import type { Conversation, Ending, Figures, TokenInfo } from '../model/types';
import { change, conversationOf } from '../store/library';
import { announce, SpokenAnswer } from './announcer';
import { preferences } from './preferences';
import { askServer, modelName } from './server';

/** An answer that is being made. */
export interface Running {
  readonly answer: string;
  /** Before the first token the server reads the prompt. */
  readonly started: boolean;
  readonly figures: Figures;
}

/** By conversation. */
export const running = signal<ReadonlyMap<string, Running>>(new Map());

/** Why the last answer of a conversation failed, by conversation, and the message that has no answer. */
export const failures = signal<ReadonlyMap<string, { readonly after: string; readonly error: ApiError }>>(new Map());

const controllers = new Map<string, AbortController>();

export const isRunning = (id: string) => running.value.has(id);

export function stop(id: string): void {
  controllers.get(id)?.abort();
}

export function forgetFailure(id: string): void {
  if (failures.value.has(id)) failures.value = without(failures.value, id);
}

/** Makes an answer after a message; another one is there already when this is a new version. */
export async function answer(id: string, after: string): Promise<void> {
  const conversation = conversationOf(id);
  if (!conversation || controllers.has(id)) return;
  forgetFailure(id);
  const controller = new AbortController();
  controllers.set(id, controller);
  const node = newNode(after, 'assistant', '');
  const work = new Work(conversation, node.id);
  change(id, (current) => tree.add(current, node));
  announce('Answering…');
  try {
    for await (const delta of generate(requestFor(conversation, after), controller.signal)) work.take(delta);
    work.end(work.finish);
  } catch (error) {
    if (controller.signal.aborted) work.end('stopped');
    else fail(id, after, work, error);
  } finally {
    controllers.delete(id);
    running.value = without(running.value, id);
  }
}

function requestFor(conversation: Conversation, after: string) {
  const problem = schemaProblem(conversation.settings.json_schema);
  if (problem) throw new ApiError('refused', `The JSON schema in the settings cannot be used. ${problem}`);
  const make = conversation.kind === 'chat' ? chatRequest : completionRequest;
  return make(conversation, after, modelName.value, preferences.value.probabilities);
}

function fail(id: string, after: string, work: Work, reason: unknown): void {
  const error = reason instanceof ApiError ? reason : new ApiError('failed', `The page failed: ${String(reason)}`);
  // What has arrived stays; an answer without a word is no version worth keeping.
  if (work.text) work.end('lost');
  else change(id, (conversation) => tree.remove(conversation, work.node));
  failures.value = new Map(failures.value).set(id, { after, error });
  announce(error.message);
  if (error.problem === 'unreachable') void askServer();
}

/** One answer in the making: gathers what arrives and shows it once a frame. */
class Work {
  text = '';
  finish: Ending = 'stop';
  readonly #tokens: TokenInfo[] = [];
  readonly #spoken = new SpokenAnswer();
  readonly #begin = performance.now();
  #first = 0;
  #pieces = 0;
  #usage: Usage | null = null;
  #timings: Timings | null = null;
  #frame = 0;

  constructor(
    readonly conversation: Conversation,
    readonly node: string,
  ) {
    this.#show();
  }

  take(delta: Delta): void {
    if (delta.text) {
      this.#first ||= performance.now();
      this.#pieces++;
      this.text += delta.text;
    }
    this.#tokens.push(...delta.tokens);
    this.#usage = delta.usage ?? this.#usage;
    this.#timings = delta.timings ?? this.#timings;
    this.finish = delta.finish ?? this.finish;
    // A hidden page has no frames; it shows all when it is looked at again.
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#keep({});
      this.#spoken.update(this.text);
    });
  }

  end(ending: Ending): void {
    cancelAnimationFrame(this.#frame);
    this.#keep({ ending, figures: this.#figures() });
    this.#spoken.end(this.text);
    if (ending !== 'lost') announce(ending === 'stopped' ? 'Stopped.' : 'The answer is complete.');
  }

  #keep(rest: { ending?: Ending; figures?: Figures }): void {
    const tokens = this.#tokens.length > 0 ? { tokens: [...this.#tokens] } : {};
    change(this.conversation.id, (conversation) => tree.update(conversation, this.node, { text: this.text, ...tokens, ...rest }));
    this.#show();
  }

  #show(): void {
    const entry: Running = { answer: this.node, started: this.text !== '', figures: this.#figures() };
    running.value = new Map(running.value).set(this.conversation.id, entry);
  }

  /** The server's own figures where it sends them; else pieces stand for tokens, and the clock is the page's. */
  #figures(): Figures {
    const answerTokens = this.#usage?.answerTokens ?? this.#timings?.answer ?? this.#pieces;
    const seconds = this.#first ? (performance.now() - this.#first) / 1000 : 0;
    const measured = this.#pieces > 1 && seconds > 0 ? (this.#pieces - 1) / seconds : 0;
    const cachedTokens = this.#usage?.cachedTokens ?? this.#timings?.cached ?? 0;
    return {
      promptTokens: this.#usage?.promptTokens ?? (this.#timings ? this.#timings.cached + this.#timings.prompt : 0),
      cachedTokens,
      answerTokens,
      tokensPerSecond: this.#timings?.tokensPerSecond ?? measured,
      firstTokenMs: this.#first ? this.#first - this.#begin : 0,
    };
  }
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
