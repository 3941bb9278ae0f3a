interface Props {
  readonly name: string;
  readonly label: string;
  /** The content of the field at first, with one value on each line. */
  readonly value: string;
  /** The minimum number of visible lines. */
  readonly rows?: number;
  readonly hint?: string;
}

/** A form field in which the user writes one value on each line. */
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
