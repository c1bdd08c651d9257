import { promptText } from '../model/attachments';
import { fullText } from '../model/conversation';
import type { Settings } from '../model/settings';
import { pathTo } from '../model/tree';
import type { Conversation } from '../model/types';

/** How many alternatives of a token are asked for. */
const ALTERNATIVES = 5;

/** A base model need not come to an end by itself. */
const COMPLETION_TOKENS = 256;

export interface ApiRequest {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** The request that continues a conversation after a message. */
export function chatRequest(conversation: Conversation, after: string, model: string, probabilities: boolean): ApiRequest {
  const system = conversation.system.trim() ? [{ role: 'system', content: conversation.system }] : [];
  const messages = pathTo(conversation, after).map((node) => ({ role: node.role, content: promptText(node) }));
  const { json_schema, ...settings } = conversation.settings;
  return {
    path: 'v1/chat/completions',
    body: {
      ...common(settings, model),
      messages: [...system, ...messages],
      ...(probabilities && { logprobs: true, top_logprobs: ALTERNATIVES }),
      ...(json_schema && {
        response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: JSON.parse(json_schema) as unknown, strict: true } },
      }),
    },
  };
}

/** The request that continues a text after one of its pieces. */
export function completionRequest(conversation: Conversation, after: string, model: string, probabilities: boolean): ApiRequest {
  const { json_schema, ...settings } = conversation.settings;
  return {
    path: 'v1/completions',
    body: {
      max_tokens: COMPLETION_TOKENS,
      ...common(settings, model),
      prompt: fullText({ ...conversation, nodes: pathTo(conversation, after), chosen: {} }),
      ...(probabilities && { logprobs: ALTERNATIVES }),
      ...(json_schema && { json_schema: JSON.parse(json_schema) as unknown }),
    },
  };
}

const common = (settings: Settings, model: string) => ({
  model,
  stream: true,
  stream_options: { include_usage: true },
  ...settings,
});
