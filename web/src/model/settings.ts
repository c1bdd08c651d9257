/** Fields of a request that a person can set; a field that is not set is the server's to choose. Names are those of the API. */
export interface Settings {
  readonly temperature?: number;
  readonly top_k?: number;
  readonly top_p?: number;
  readonly min_p?: number;
  readonly typical_p?: number;
  readonly top_n_sigma?: number;
  readonly dynatemp_range?: number;
  readonly dynatemp_exponent?: number;
  readonly repeat_penalty?: number;
  readonly repeat_last_n?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly dry_multiplier?: number;
  readonly dry_base?: number;
  readonly dry_allowed_length?: number;
  readonly dry_penalty_last_n?: number;
  readonly xtc_probability?: number;
  readonly xtc_threshold?: number;
  readonly mirostat?: number;
  readonly mirostat_tau?: number;
  readonly mirostat_eta?: number;
  readonly max_tokens?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly grammar?: string;
  /** Text of a JSON schema. */
  readonly json_schema?: string;
}

export type NumberKey = { [K in keyof Settings]-?: NonNullable<Settings[K]> extends number ? K : never }[keyof Settings];

export interface NumberSetting {
  readonly key: NumberKey;
  readonly label: string;
  readonly help: string;
  readonly min: number;
  /** Largest value of the slider; where `open`, larger ones can be typed. */
  readonly max: number;
  readonly step: number;
  readonly open?: boolean;
  /** Whether a slider makes sense beside the number. */
  readonly slider?: boolean;
  /** llama.cpp's default, shown where the server does not tell its own. */
  readonly usual: number | null;
}

export interface Group {
  readonly title: string;
  readonly settings: readonly NumberSetting[];
}

const share = { min: 0, max: 1, step: 0.01, slider: true } as const;
const count = { min: 0, max: 1_000_000, step: 1 } as const;

export const basics: readonly NumberSetting[] = [
  {
    key: 'temperature',
    label: 'Temperature',
    help: 'Low is predictable, high is surprising.',
    min: 0,
    max: 2,
    step: 0.05,
    slider: true,
    usual: 0.8,
  },
  { key: 'max_tokens', label: 'Longest answer', help: 'In tokens.', ...count, min: 1, usual: null },
  { key: 'seed', label: 'Seed', help: 'The same seed gives the same answer.', ...count, max: 4_294_967_295, usual: null },
];

export const groups: readonly Group[] = [
  {
    title: 'Choice of tokens',
    settings: [
      {
        key: 'top_k',
        label: 'Top k',
        help: 'Keep the k likeliest; 0 keeps all.',
        min: 0,
        max: 200,
        step: 1,
        open: true,
        slider: true,
        usual: 40,
      },
      { key: 'top_p', label: 'Top p', help: 'Keep the likeliest that add up to p.', ...share, usual: 0.95 },
      { key: 'min_p', label: 'Min p', help: 'Keep those at least p times as likely as the best.', ...share, usual: 0.05 },
      { key: 'typical_p', label: 'Typical p', help: 'Keep those of typical surprise; 1 is off.', ...share, usual: 1 },
      {
        key: 'top_n_sigma',
        label: 'Top n sigma',
        help: 'Keep those within n deviations of the best; −1 is off.',
        min: -1,
        max: 10,
        step: 0.1,
        usual: -1,
      },
      { key: 'dynatemp_range', label: 'Dynamic temperature range', help: '0 is off.', min: 0, max: 2, step: 0.05, usual: 0 },
      { key: 'dynatemp_exponent', label: 'Dynamic temperature exponent', help: '', min: 0, max: 10, step: 0.1, usual: 1 },
    ],
  },
  {
    title: 'Repetition',
    settings: [
      {
        key: 'repeat_penalty',
        label: 'Repeat penalty',
        help: '1 is off.',
        min: 0.5,
        max: 2,
        step: 0.01,
        open: true,
        slider: true,
        usual: 1,
      },
      { key: 'repeat_last_n', label: 'Tokens looked back', help: '0 is off, −1 the whole context.', ...count, min: -1, usual: 64 },
      {
        key: 'presence_penalty',
        label: 'Presence penalty',
        help: 'Against words that occurred.',
        min: -2,
        max: 2,
        step: 0.05,
        slider: true,
        usual: 0,
      },
      {
        key: 'frequency_penalty',
        label: 'Frequency penalty',
        help: 'Against words that occur often.',
        min: -2,
        max: 2,
        step: 0.05,
        slider: true,
        usual: 0,
      },
      {
        key: 'dry_multiplier',
        label: 'DRY multiplier',
        help: 'Against repeated phrases; 0 is off.',
        min: 0,
        max: 5,
        step: 0.05,
        open: true,
        usual: 0,
      },
      { key: 'dry_base', label: 'DRY base', help: '', min: 1, max: 4, step: 0.05, open: true, usual: 1.75 },
      { key: 'dry_allowed_length', label: 'DRY allowed length', help: 'Phrases up to this length are free.', ...count, usual: 2 },
      { key: 'dry_penalty_last_n', label: 'DRY tokens looked back', help: '−1 is the whole context.', ...count, min: -1, usual: -1 },
    ],
  },
  {
    title: 'Surprise',
    settings: [
      { key: 'xtc_probability', label: 'XTC probability', help: 'Chance to leave out the likeliest; 0 is off.', ...share, usual: 0 },
      { key: 'xtc_threshold', label: 'XTC threshold', help: 'Only above this probability.', ...share, usual: 0.1 },
      {
        key: 'mirostat',
        label: 'Mirostat',
        help: '0 is off; 1 or 2 its version. Replaces the choices above.',
        min: 0,
        max: 2,
        step: 1,
        usual: 0,
      },
      { key: 'mirostat_tau', label: 'Mirostat tau', help: 'Target surprise.', min: 0, max: 20, step: 0.1, open: true, usual: 5 },
      { key: 'mirostat_eta', label: 'Mirostat eta', help: 'Learning rate.', ...share, slider: false, usual: 0.1 },
    ],
  },
];

export const numberSettings: readonly NumberSetting[] = [...basics, ...groups.flatMap((group) => group.settings)];

/** The value brought into its limits; undefined where it is no number. */
export function clamped(setting: NumberSetting, value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  const inside = Math.max(setting.min, setting.open ? value : Math.min(setting.max, value));
  return Number.isInteger(setting.step) ? Math.round(inside) : inside;
}

export function withSetting<K extends keyof Settings>(settings: Settings, key: K, value: Settings[K] | undefined): Settings {
  const rest = Object.fromEntries(Object.entries(settings).filter(([name]) => name !== key)) as Settings;
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? rest : { ...rest, [key]: value };
}

/** Why the text is no JSON schema, or null. */
export function schemaProblem(text: string | undefined): string | null {
  if (!text?.trim()) return null;
  try {
    const schema: unknown = JSON.parse(text);
    return typeof schema === 'boolean' || (typeof schema === 'object' && schema !== null && !Array.isArray(schema))
      ? null
      : 'A schema is an object, true or false.';
  } catch (error) {
    return `This is not JSON: ${(error as Error).message}`;
  }
}

/** Keeps what is known and well-formed of a value from outside. */
export function readSettings(value: unknown): Settings {
  if (typeof value !== 'object' || value === null) return {};
  const source = value as Record<string, unknown>;
  let settings: Settings = {};
  for (const setting of numberSettings) {
    const number = source[setting.key];
    if (typeof number === 'number') settings = withSetting(settings, setting.key, clamped(setting, number));
  }
  for (const key of ['grammar', 'json_schema'] as const) {
    const text = source[key];
    if (typeof text === 'string') settings = withSetting(settings, key, text);
  }
  const stop = source['stop'];
  if (Array.isArray(stop))
    settings = withSetting(
      settings,
      'stop',
      stop.filter((text): text is string => typeof text === 'string' && text !== ''),
    );
  return settings;
}
