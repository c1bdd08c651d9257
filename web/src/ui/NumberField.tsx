import { useId } from 'preact/hooks';
import { clamped, type NumberSetting } from '../model/settings';
import { server } from '../state/server';

interface Props {
  setting: NumberSetting;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

/** A number that may be left to the server, whose own value is shown then. */
export function NumberField({ setting, value, onChange }: Props) {
  const id = useId();
  const { label, help, min, max, step, open, slider } = setting;
  const own = server.value?.defaults[setting.key];
  const fallback = typeof own === 'number' && own >= min ? Math.round(own * 1e4) / 1e4 : setting.usual;
  const commit = (input: HTMLInputElement) => {
    const next = input.value.trim() === '' ? undefined : clamped(setting, Number(input.value));
    // Where the limits give the value that was there, nothing else would correct the field.
    input.value = String(next ?? '');
    onChange(next);
  };
  return (
    <div class="number">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        inputMode="decimal"
        min={min}
        {...(!open && { max })}
        step={Number.isInteger(step) ? step : 'any'}
        placeholder={fallback === null ? 'auto' : String(fallback)}
        value={value ?? ''}
        aria-describedby={help ? `${id}-help` : undefined}
        onChange={(event) => {
          commit(event.currentTarget);
        }}
      />
      {slider && (
        <input
          type="range"
          aria-label={`${label}, slider`}
          min={min}
          max={max}
          step={step}
          value={value ?? fallback ?? min}
          onInput={(event) => {
            commit(event.currentTarget);
          }}
        />
      )}
      {help && (
        <p id={`${id}-help`} class="help">
          {help}
        </p>
      )}
    </div>
  );
}
