interface Props {
  readonly label: string;
  readonly value: string;
  /** Each value with its text. */
  readonly options: readonly (readonly [string, string])[];
  /** Whether “any” is no choice. */
  readonly required?: boolean;
  readonly onChange: (value: string) => void;
}

/** One of some, or any. */
export function Choice({ label, value, options, required = false, onChange }: Props) {
  return (
    <label className="field">
      <span>{label}</span>
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        {!required && <option value="">Any</option>}
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
