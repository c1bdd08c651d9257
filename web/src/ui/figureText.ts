import type { Figures } from '../model/types';

const NO_BREAK = '\u00a0';

/** "12 tokens · 41.5 tokens/s · first after 0.3 s"; lines break at the dots only. */
export function figureText({ answerTokens, tokensPerSecond, firstTokenMs }: Figures): string {
  const parts = [`${answerTokens.toLocaleString('en')} ${answerTokens === 1 ? 'token' : 'tokens'}`];
  if (tokensPerSecond > 0) parts.push(`${tokensPerSecond.toFixed(1)} tokens/s`);
  if (firstTokenMs > 0) parts.push(`first after ${(firstTokenMs / 1000).toFixed(1)} s`);
  return parts.map((part) => part.replaceAll(' ', NO_BREAK)).join(' · ');
}
