interface Props {
  readonly label: string;
  readonly value: string;
  /** The values, each with its label. */
  readonly options: readonly (readonly [string, string])[];
  /** True if one of the values must be chosen. */
  readonly required?: boolean;
  readonly onChange: (value: string) => void;
}

/** A field to choose one of several values, or any. */
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
