interface Props {
  readonly label: string;
  readonly value: string;
  /** The pairs of a value and its label. */
  readonly options: readonly (readonly [string, string])[];
  /** True if the user must choose one of the values. If false, the field has the option "Any", too. */
  readonly required?: boolean;
  readonly onChange: (value: string) => void;
}

/** A field in which the user chooses one of several values. */
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
