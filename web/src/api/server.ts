import { request } from './http';

/** What the page wants to know of the server. */
export interface ServerInfo {
  readonly model: string;
  /** Tokens that a conversation can have; null where the server does not tell. */
  readonly contextSize: number | null;
  /** A base model has no chat template: it continues text. */
  readonly isBase: boolean;
  /** The system prompt that the server was started with. */
  readonly system: string;
  /** The server's own values of the settings. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

interface Props {
  readonly model_alias?: string;
  readonly model_path?: string;
  readonly n_ctx?: number;
  readonly chat_template?: string | null;
  readonly system_prompt?: string | null;
  readonly default_generation_settings?: { readonly n_ctx?: number; readonly params?: Record<string, unknown> } & Record<string, unknown>;
}

export async function serverInfo(): Promise<ServerInfo> {
  const [props, models] = await Promise.all([
    request('props').then((response) => response.json() as Promise<Props>),
    request('v1/models').then((response) => response.json() as Promise<{ data?: readonly { id?: string }[] }>),
  ]);
  const settings = props.default_generation_settings ?? {};
  return {
    model: models.data?.[0]?.id ?? props.model_alias ?? props.model_path?.split(/[\\/]/).at(-1) ?? 'model',
    contextSize: settings.n_ctx ?? props.n_ctx ?? null,
    isBase: props.chat_template === '' || props.chat_template === null,
    system: props.system_prompt ?? '',
    defaults: settings.params ?? settings,
  };
}

/** How many tokens a text takes. */
export async function countTokens(content: string, signal: AbortSignal): Promise<number> {
  const response = await request('tokenize', { body: { content }, signal });
  return ((await response.json()) as { tokens: unknown[] }).tokens.length;
}
