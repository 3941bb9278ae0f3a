interface Props {
  readonly name: string;
  readonly label: string;
  /** What is in it at first. */
  readonly value: string;
  /** It is at least so high. */
  readonly rows?: number;
  readonly hint?: string;
}

/** A field of a form for some words, one a line. */
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
