import { useId } from 'preact/hooks';

interface Props {
  label: string;
  help: string;
  value: string;
  rows: number;
  placeholder?: string;
  problem?: string | null;
  code?: boolean;
  onChange: (value: string) => void;
}

export function TextField({ label, help, value, rows, placeholder = '', problem = null, code = false, onChange }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class={code ? 'code-field' : undefined}
        rows={rows}
        placeholder={placeholder}
        spellcheck={!code}
        aria-describedby={`${id}-help`}
        aria-invalid={problem !== null}
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
      <p id={`${id}-help`} class={problem === null ? 'help' : 'help wrong'}>
        {problem ?? help}
      </p>
    </div>
  );
}
