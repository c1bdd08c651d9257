import type { Settings } from './settings';

export type Role = 'user' | 'assistant';

/** A chat is turns of two sides; a completion is one text that the model continues. */
export type Kind = 'chat' | 'completion';

export interface Attachment {
  readonly name: string;
  readonly text: string;
}

export interface Alternative {
  readonly text: string;
  /** Natural logarithm of the probability. */
  readonly logprob: number;
}

export interface TokenInfo extends Alternative {
  readonly top: readonly Alternative[];
}

/** What an answer cost, in tokens and tokens a second. */
export interface Figures {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly answerTokens: number;
  readonly tokensPerSecond: number;
  /** Milliseconds until the first token. */
  readonly firstTokenMs: number;
}

/** Why an answer ended; `stopped` is the person's doing, `lost` a broken connection or a closed page. */
export type Ending = 'stop' | 'length' | 'stopped' | 'lost';

/** One message, or one piece of a completed text. Siblings are versions of each other. */
export interface TreeNode {
  readonly id: string;
  readonly parent: string | null;
  readonly role: Role;
  readonly text: string;
  readonly createdAt: number;
  readonly attachments?: readonly Attachment[];
  readonly tokens?: readonly TokenInfo[];
  readonly figures?: Figures;
  readonly ending?: Ending;
}

export interface Conversation {
  readonly id: string;
  readonly kind: Kind;
  readonly title: string;
  /** Whether a person chose the title; else it follows the first message. */
  readonly named: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly system: string;
  readonly settings: Settings;
  /** In the order in which they were made. */
  readonly nodes: readonly TreeNode[];
  /** Which child is shown, by parent; the key of the first messages is the empty string. */
  readonly chosen: Readonly<Record<string, string>>;
}
