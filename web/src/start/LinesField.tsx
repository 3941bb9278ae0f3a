interface Props {
  readonly name: string;
  readonly label: string;
  /** The initial content. */
  readonly value: string;
  /** The minimum number of visible lines. */
  readonly rows?: number;
  readonly hint?: string;
}

/** A form field with one value for each line. */
export function LinesField({ name, label, value, rows = 1, hint }: Props) {
  return (
    <label className="field">
      <span>{label}</span>
      <textarea
        className="input"
        name={name}
        rows={Math.max(rows, value.split("\n").length)}
        spellCheck={false}
        defaultValue={value}
      />
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}
