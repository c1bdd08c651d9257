import { newId } from './conversation';
import { readSettings } from './settings';
import type { Alternative, Attachment, Conversation, Ending, Figures, TokenInfo, TreeNode } from './types';

const FORMAT = 'quipu-conversations';
const VERSION = 1;

/** Conversations as a JSON text that `importText` reads. */
export const exportText = (conversations: readonly Conversation[]) =>
  JSON.stringify({ format: FORMAT, version: VERSION, exportedAt: new Date().toISOString(), conversations }, null, 2) + '\n';

export interface Imported {
  /** Those that are new. */
  readonly conversations: readonly Conversation[];
  /** How many are here already, unchanged. */
  readonly known: number;
}

/**
 * Reads an exported file. Every field is checked and rebuilt, for the file may come from anywhere. A conversation that differs from the one
 * here of the same name becomes a second one.
 * @throws An Error with a sentence for the person.
 */
export function importText(text: string, here: readonly Conversation[]): Imported {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error('This file is not JSON.');
  }
  if (!isRecord(file) || file['format'] !== FORMAT || !Array.isArray(file['conversations'])) {
    throw new Error('This file holds no conversations exported from this page.');
  }
  if (file['version'] !== VERSION) throw new Error('This file was made by a newer version of the page.');
  const byId = new Map(here.map((conversation) => [conversation.id, conversation]));
  const conversations: Conversation[] = [];
  let known = 0;
  file['conversations'].forEach((entry: unknown, index) => {
    const read = conversation(entry, index + 1);
    const same = byId.get(read.id);
    if (same?.updatedAt === read.updatedAt) known++;
    else conversations.push(same ? { ...read, id: newId() } : read);
  });
  return { conversations, known };
}

function conversation(value: unknown, number: number): Conversation {
  const fail = (what: string): never => {
    throw new Error(`Conversation ${number} of the file cannot be read: ${what}.`);
  };
  if (!isRecord(value)) return fail('it is no object');
  const kind = value['kind'];
  if (kind !== 'chat' && kind !== 'completion') return fail('its kind is neither chat nor completion');
  if (!Array.isArray(value['nodes'])) return fail('it has no messages');
  const nodes = value['nodes'].map((entry: unknown, index) => node(entry) ?? fail(`message ${index + 1} is damaged`));
  const seen = new Set<string>();
  for (const { id, parent } of nodes) {
    // Parents come first: no cycles, nothing out of reach.
    if (seen.has(id) || (parent !== null && !seen.has(parent))) return fail('its messages do not form a tree');
    seen.add(id);
  }
  const chosen = isRecord(value['chosen']) ? Object.entries(value['chosen']).filter(([, child]) => seen.has(child as string)) : [];
  return {
    id: text(value['id']) || newId(),
    kind,
    title: text(value['title']) || 'Imported',
    named: value['named'] === true,
    createdAt: number0(value['createdAt']),
    updatedAt: number0(value['updatedAt']),
    system: text(value['system']),
    settings: readSettings(value['settings']),
    nodes,
    chosen: Object.fromEntries(chosen) as Record<string, string>,
  };
}

function node(value: unknown): TreeNode | null {
  if (!isRecord(value)) return null;
  const { id, parent, role, text } = value;
  if (typeof id !== 'string' || id === '' || (parent !== null && typeof parent !== 'string')) return null;
  if ((role !== 'user' && role !== 'assistant') || typeof text !== 'string') return null;
  const attachments = list(value['attachments'], attachment);
  const tokens = list(value['tokens'], token);
  const figures = readFigures(value['figures']);
  const ending = endings.find((known) => known === value['ending']);
  return {
    id,
    parent,
    role,
    text,
    createdAt: number0(value['createdAt']),
    ...(attachments.length > 0 && { attachments }),
    ...(tokens.length > 0 && { tokens }),
    ...(figures && { figures }),
    ...(ending && { ending }),
  };
}

const endings: readonly Ending[] = ['stop', 'length', 'stopped', 'lost'];

function attachment(value: unknown): Attachment | null {
  return isRecord(value) && typeof value['name'] === 'string' && typeof value['text'] === 'string'
    ? { name: value['name'], text: value['text'] }
    : null;
}

function alternative(value: unknown): Alternative | null {
  return isRecord(value) && typeof value['text'] === 'string' && typeof value['logprob'] === 'number'
    ? { text: value['text'], logprob: value['logprob'] }
    : null;
}

function token(value: unknown): TokenInfo | null {
  const read = alternative(value);
  return read && { ...read, top: list((value as Record<string, unknown>)['top'], alternative) };
}

function readFigures(value: unknown): Figures | null {
  if (!isRecord(value)) return null;
  return {
    promptTokens: number0(value['promptTokens']),
    cachedTokens: number0(value['cachedTokens']),
    answerTokens: number0(value['answerTokens']),
    tokensPerSecond: number0(value['tokensPerSecond']),
    firstTokenMs: number0(value['firstTokenMs']),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' ? value : '');
const number0 = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

function list<T>(value: unknown, read: (entry: unknown) => T | null): T[] {
  return Array.isArray(value) ? value.map(read).filter((entry) => entry !== null) : [];
}
